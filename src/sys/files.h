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
/* Put one folder in the other's place and the other in its, in one step, on disk when it returns. */
int dir_exchange(const char *one, const char *other, struct err *e);
/* Remove a folder that has only files; fine when it is not there. */
int dir_remove(const char *path, struct err *e);
bool file_exists(const char *path);
/* ERR_CONFIG with what to do when the folder, or a file in it without one of these endings (NULL last), may be
 * read by group or others. */
int dir_check_private(const char *path, const char *const *public_endings, struct err *e);
/* What changes whenever a file is replaced. All 0 when there is none. */
struct file_stamp { int64_t inode, size, mtime_ns; };
struct file_stamp file_stamp_of(const char *path);
/* Wait for and take an exclusive lock by this file (made when missing); a descriptor, or ERR_*. Closing
 * it, or the end of the process, lets go. */
int file_lock(const char *path, struct err *e);
void file_unlock(int fd);
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
/* ---- a file that comes in pieces, over several requests ---- */
/* Bytes of piece-wise upload `id` on the disk so far; 0 when there are none yet. */
int64_t blob_part_size(const char *data_dir, int64_t id);
/* Append bytes that belong at offset, durably. *size: what is there afterwards. ERR_CHANGED with *size
 * when it is not offset: the sender goes on from there. */
int blob_part_add(const char *data_dir, int64_t id, int64_t offset, struct sv bytes, int64_t *size,
                  struct err *e);
/* The whole as a writer, hashed, to be finished like any other. Closed with blob_close, the pieces stay. */
struct blob_writer *blob_part_open(const char *data_dir, int64_t id, int64_t cap, struct err *e);
void blob_part_drop(const char *data_dir, int64_t id);
/* Give up a writer, but leave its bytes; frees w. */
void blob_close(struct blob_writer *w);
/* Open for reading what came so far; the writer's own. */
int blob_descriptor(const struct blob_writer *w);
/* Remove what uploads left that a crash cut off: incoming files older than these seconds. */
void blob_sweep(const char *data_dir, int64_t older_than_seconds);
/* The path of a kept file; out holds 4096 bytes. It need not be there. */
void blob_where(const char *data_dir, const struct sm3_hash *hash, char out[4096]);
/* A fresh path beside the blobs, for a file that is written there by others and then kept (out holds 4096 bytes);
 * left behind it is swept like an upload. */
int blob_new_path(const char *data_dir, char out[4096], struct err *e);
/* Hash the file at such a path and keep it under its hash, as blob_finish does. */
int blob_adopt(const char *data_dir, const char *path, struct sm3_hash *hash, int64_t *size,
               struct err *e);
/* Take a kept file away; fine when it is not there. */
void blob_drop(const char *data_dir, const struct sm3_hash *hash);
/* Read-only descriptor and size; ERR_NOT_FOUND. Caller closes. */
int blob_open(const char *data_dir, const struct sm3_hash *hash, int *fd, int64_t *size,
              struct err *e);

#endif
