/* zip_pack: plain ZIP packages, written and read piece by piece: a large part is never whole in memory.
 *
 * Writing is deterministic: parts in the order given, stored uncompressed, with the first moment that the
 * format knows as time: the same parts give the same bytes. Reading believes nothing that the file says of
 * itself: odd names, double names, links, encryption and sizes over the caps are refused.
 */
#ifndef YZ_DOC_ZIP_PACK_H
#define YZ_DOC_ZIP_PACK_H

#include "base/err.h"

enum { ZIP_PARTS_MAX = 20000 };
#define ZIP_PART_BYTES_MAX INT64_C(4294967296)
#define ZIP_TOTAL_BYTES_MAX INT64_C(34359738368)

/* Relative, forward slashes only, no "." or ".." or empty step, clean UTF-8. */
bool zip_name_ok(struct sv name);

struct zip_part { struct sv name;  /* as zip_name_ok */
                  struct sv bytes;
                  const char *file; /* a path; NULL: bytes */ };
/* Writes path, by way of a sibling "path.XXXXXX". ERR_IO, ERR_FULL when the disk is full. */
int zip_write(const char *path, const struct zip_part *parts, size_t n, struct err *e);

struct zip_entry { struct sv name; int64_t size; };
struct zip_pack;
/* Opened for reading, or NULL with e (ERR_INVALID, ERR_TOO_LARGE, ERR_NOT_FOUND); zip_pack_close. */
struct zip_pack *zip_pack_open(const char *path, struct err *e);
/* bytes stay the caller's and must outlive it. */
struct zip_pack *zip_pack_of(struct sv bytes, struct err *e);
void zip_pack_close(struct zip_pack *p);
/* Files (no folders), by name. */
size_t zip_pack_count(const struct zip_pack *p);
const struct zip_entry *zip_pack_entry(const struct zip_pack *p, size_t i);
/* Its place, or -1. */
int64_t zip_pack_find(const struct zip_pack *p, struct sv name);
/* All of it, piece by piece; CRC and size are checked at the end. ERR_INVALID when damaged. */
int zip_pack_read(struct zip_pack *p, size_t i, void (*take)(void *ctx, struct sv piece), void *ctx,
                  struct err *e);
/* Whole, on a; ERR_TOO_LARGE above cap. */
int zip_pack_load(struct zip_pack *p, size_t i, size_t cap, struct arena *a, struct sv *out,
                  struct err *e);

#endif
