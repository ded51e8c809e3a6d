/* files: whole small files, durable writes, directories, and streaming with a hash. */
#ifndef YZ_SYS_FILES_H
#define YZ_SYS_FILES_H

#include "base/buf.h"
#include "base/err.h"
#include "sys/crypto.h"

/* Whole file into out (whose cap bounds it). ERR_NOT_FOUND, ERR_TOO_LARGE, ERR_IO. */
int file_read(const char *path, struct buf *out, struct err *e);

/* Write a temporary sibling, fsync it, rename over path, fsync the directory. mode e.g. 0600. */
int file_write_durable(const char *path, struct sv body, unsigned mode, struct err *e);

int dir_make(const char *path, struct err *e); /* 0700; parents too; fine when there already */
bool file_exists(const char *path);
int dir_check_writable(const char *path, struct err *e);

/* ---- content-addressed blobs under DIR/blobs/ab/abcdef… ---- */

/* A file being received: bytes go to disk as they come, never whole into memory. */
struct blob_writer;
struct blob_writer *blob_begin(const char *data_dir, int64_t cap, struct err *e);
int blob_add(struct blob_writer *w, struct sv bytes, struct err *e); /* ERR_TOO_LARGE past cap */
/* Make it durable under its hash; frees w. Same content is kept once: *existed tells. head gets
 * the first bytes (for telling the type). */
int blob_finish(struct blob_writer *w, struct sm3_hash *hash, int64_t *size, bool *existed,
                struct err *e);
/* The first bytes received so far, at most 4096. */
struct sv blob_head(const struct blob_writer *w);
int64_t blob_size(const struct blob_writer *w);
/* The last bytes received so far, at most n, into out; how many, or ERR_IO. */
int64_t blob_tail(const struct blob_writer *w, char *out, size_t n, struct err *e);
void blob_abort(struct blob_writer *w); /* frees w; NULL is fine */
/* Remove what uploads left that a crash cut off: incoming files older than these seconds. */
void blob_sweep(const char *data_dir, int64_t older_than_seconds);
/* Read-only descriptor and size; ERR_NOT_FOUND. Caller closes. */
int blob_open(const char *data_dir, const struct sm3_hash *hash, int *fd, int64_t *size,
              struct err *e);

#endif
