/* archive_verify_parts: what the checks of a package share. Private to src/service/archive_verify*.c. */
#ifndef YZ_SERVICE_ARCHIVE_VERIFY_PARTS_H
#define YZ_SERVICE_ARCHIVE_VERIFY_PARTS_H

#include "base/json.h"
#include "domain/archive/layout.h"
#include "service/archive_verify.h"
#include "sys/crypto.h"

enum { PACKAGE_KEYS_MAX = 8 };
struct package_key { char id[17]; unsigned char pub[SM2_PUB_SIZE]; struct sv cert; };
struct checked_file { size_t at; const json_t *row; };

struct checking {
    struct zip_pack *pack;
    const struct trust *trust;
    struct sv ca;
    struct arena *arena;
    struct archive_report *out;
    struct err *e;
    struct sv manifest_bytes;
    json_t *manifest;                 /* owned */
    int64_t case_id;
    bool *listed;                     /* by entry: named by the manifest */
    struct checked_file *files;       /* sound ones, with pieces beside them */
    struct archive_piece *pieces;
    size_t n_files;
    struct archive_fact *facts; size_t n_facts;
    struct package_key keys[PACKAGE_KEYS_MAX]; size_t n_keys;
};

void checking_bad(struct checking *x, enum archive_check_kind k, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
void checking_open(struct checking *x, enum archive_check_kind k, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
void checking_good(struct checking *x, enum archive_check_kind k);
/* An id, which stands as text; -1 when it is none. */
int64_t checking_ref(const json_t *o, const char *key);
/* Of this kind, about this row (0: any). */
bool checking_fact(const struct checking *x, enum archive_fact_kind kind, int64_t ref);
const struct checked_file *checking_find(const struct checking *x, enum archive_piece_kind kind);
/* A sound file's JSON, a new reference, or NULL. */
json_t *checking_json(struct checking *x, enum archive_piece_kind kind);
/* The public point of a key, false when nobody knows it; that it is not trusted is said under k. */
bool checking_key(struct checking *x, struct sv id, int64_t at_ms, enum archive_check_kind k,
                  unsigned char pub[SM2_PUB_SIZE]);
/* Log, proofs and head. */
void checking_log(struct checking *x);

#endif
