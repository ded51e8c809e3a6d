/* blobs: received files, kept once under the hash of what they are (files.h).
 *
 * What comes in lies in blobs/incoming-* until it is whole, then is made durable and renamed to its
 * SM3. A file in pieces (incoming-u<id>) grows over several requests; each piece is on the disk before
 * it is answered for, so that whoever sends may go on from there after any break.
 */
#include "sys/files.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "sys/files_io.h"

enum { HEAD_CAP = 4096, PIECE = 65536 };

struct blob_writer {
    int fd;
    int64_t cap;
    int64_t size;
    struct sm3_ctx *hash;
    size_t head_n;
    char head[HEAD_CAP];
    char dir[1024];
    char tmp[PATH_CAP];
};

static struct blob_writer *writer_new(const char *data_dir, int64_t cap)
{
    struct blob_writer *w = mem_new(sizeof *w);
    w->cap = cap;
    w->fd = -1;
    snprintf(w->dir, sizeof w->dir, "%s/blobs", data_dir);
    w->hash = sm3_new();
    return w;
}

struct blob_writer *blob_begin(const char *data_dir, int64_t cap, struct err *e)
{
    struct blob_writer *w = writer_new(data_dir, cap);
    char token[24];
    random_token(12, token);
    snprintf(w->tmp, sizeof w->tmp, "%s/incoming-%s", w->dir, token);
    if (dir_make(w->dir, e) != 0)
        goto fail;
    w->fd = open(w->tmp, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (w->fd < 0) {
        file_io_error(e, "写入文件", "blobs");
        goto fail;
    }
    return w;
fail:
    blob_close(w);
    return NULL;
}

/* Count bytes in, wherever they come from. */
static int take(struct blob_writer *w, struct sv bytes, struct err *e)
{
    if ((int64_t)bytes.n > w->cap - w->size)
        return err_set(e, ERR_TOO_LARGE, "文件超过 %lld MB 的上限",
                       (long long)(w->cap / 1048576));
    if (w->head_n < HEAD_CAP) {
        size_t n = bytes.n < HEAD_CAP - w->head_n ? bytes.n : HEAD_CAP - w->head_n;
        memcpy(w->head + w->head_n, bytes.p, n);
        w->head_n += n;
    }
    sm3_add(w->hash, bytes);
    w->size += (int64_t)bytes.n;
    return 0;
}

int blob_add(struct blob_writer *w, struct sv bytes, struct err *e)
{
    int rc = take(w, bytes, e);
    return rc != 0 || file_write_all(w->fd, bytes) == 0 ? rc : file_io_error(e, "写入文件", "blobs");
}

struct sv blob_head(const struct blob_writer *w)
{
    return sv_make(w->head, w->head_n);
}

int64_t blob_size(const struct blob_writer *w)
{
    return w->size;
}

int64_t blob_tail(const struct blob_writer *w, char *out, size_t n, struct err *e)
{
    size_t want = w->size < (int64_t)n ? (size_t)w->size : n;
    ssize_t got = pread(w->fd, out, want, w->size - (int64_t)want);
    return got < 0 ? file_io_error(e, "读取文件", "blobs") : got;
}

void blob_close(struct blob_writer *w)
{
    if (!w)
        return;
    if (w->fd >= 0)
        close(w->fd);
    sm3_free(w->hash);
    free(w);
}

void blob_abort(struct blob_writer *w)
{
    if (w)
        unlink(w->tmp);
    blob_close(w);
}

int blob_descriptor(const struct blob_writer *w)
{
    return w->fd;
}

/* ---- in pieces ---- */

static void part_path(const char *data_dir, int64_t id, char out[PATH_CAP])
{
    snprintf(out, PATH_CAP, "%s/blobs/incoming-u%lld", data_dir, (long long)id);
}

int64_t blob_part_size(const char *data_dir, int64_t id)
{
    char path[PATH_CAP];
    struct stat st;
    part_path(data_dir, id, path);
    return stat(path, &st) == 0 ? st.st_size : 0;
}

int blob_part_add(const char *data_dir, int64_t id, int64_t offset, struct sv bytes, int64_t *size,
                  struct err *e)
{
    char path[PATH_CAP];
    struct stat st;
    char dir[PATH_CAP];
    snprintf(dir, sizeof dir, "%s/blobs", data_dir);
    *size = 0;
    if (dir_make(dir, e) != 0)
        return e->code;
    part_path(data_dir, id, path);
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0)
        return file_io_error(e, "写入文件", "blobs");
    int rc = flock(fd, LOCK_EX) == 0 && fstat(fd, &st) == 0 ? 0 : file_io_error(e, "写入文件", "blobs");
    *size = rc == 0 ? st.st_size : 0;
    if (rc == 0 && *size != offset)
        rc = err_set(e, ERR_CHANGED, "这个文件已收到 %lld 字节，请从那里继续", (long long)*size);
    if (rc == 0 && (lseek(fd, 0, SEEK_END) < 0 || file_write_all(fd, bytes) != 0 || fdatasync(fd) != 0)) {
        rc = file_io_error(e, "写入文件", "blobs");
        if (ftruncate(fd, offset) != 0)
            rc = ERR_IO; /* what is there of this piece is overwritten by nobody: sent again from there */
    }
    if (rc == 0)
        *size += (int64_t)bytes.n;
    close(fd);
    return rc;
}

/* What lies at w->tmp, taken in. NULL with e, then w is gone and the file stays. */
static struct blob_writer *take_file(struct blob_writer *w, struct err *e)
{
    char *piece = mem_new(PIECE);
    ssize_t n = 1;
    int rc = 0;
    w->fd = open(w->tmp, O_RDWR | O_CLOEXEC);
    if (w->fd < 0)
        rc = file_io_error(e, "读取文件", "blobs");
    while (rc == 0 && (n = read(w->fd, piece, PIECE)) > 0)
        rc = take(w, sv_make(piece, (size_t)n), e);
    if (rc == 0 && n < 0)
        rc = file_io_error(e, "读取文件", "blobs");
    free(piece);
    if (rc == 0)
        return w;
    blob_close(w);
    return NULL;
}

struct blob_writer *blob_part_open(const char *data_dir, int64_t id, int64_t cap, struct err *e)
{
    struct blob_writer *w = writer_new(data_dir, cap);
    part_path(data_dir, id, w->tmp);
    return take_file(w, e);
}

void blob_part_drop(const char *data_dir, int64_t id)
{
    char path[PATH_CAP];
    part_path(data_dir, id, path);
    unlink(path);
}

void blob_sweep(const char *data_dir, int64_t older_than_seconds)
{
    char path[PATH_CAP];
    struct stat st;
    const struct dirent *entry;
    time_t now = time(NULL);
    snprintf(path, sizeof path, "%s/blobs", data_dir);
    DIR *dir = opendir(path);
    while (dir && (entry = readdir(dir)) != NULL)
        if (strncmp(entry->d_name, "incoming-", 9) == 0 &&
            fstatat(dirfd(dir), entry->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
            now - st.st_mtime > older_than_seconds)
            unlinkat(dirfd(dir), entry->d_name, 0);
    if (dir)
        closedir(dir);
}

static void blob_path(const char *blobs, const struct sm3_hash *h, bool whole, char out[PATH_CAP])
{
    char hex[65];
    sm3_hex(h, hex);
    snprintf(out, PATH_CAP, "%s/%.2s%s%s", blobs, hex, whole ? "/" : "", whole ? hex : "");
}

int blob_finish(struct blob_writer *w, struct sm3_hash *hash, int64_t *size, bool *existed,
                struct err *e)
{
    char path[PATH_CAP];
    int rc = 0;
    sm3_end(w->hash, hash);
    *size = w->size;
    blob_path(w->dir, hash, false, path);
    rc = dir_make(path, e);
    if (rc != 0)
        goto out;
    blob_path(w->dir, hash, true, path);
    *existed = file_exists(path);
    if (*existed)
        goto out;
    if (fsync(w->fd) != 0 || rename(w->tmp, path) != 0 || file_sync_dir_of(path) != 0)
        rc = file_io_error(e, "写入文件", "blobs");
out:
    blob_abort(w);
    return rc;
}

void blob_where(const char *data_dir, const struct sm3_hash *hash, char out[PATH_CAP])
{
    char dir[1024];
    snprintf(dir, sizeof dir, "%s/blobs", data_dir);
    blob_path(dir, hash, true, out);
}

int blob_new_path(const char *data_dir, char out[PATH_CAP], struct err *e)
{
    char token[24];
    random_token(12, token);
    snprintf(out, PATH_CAP, "%s/blobs", data_dir);
    int rc = dir_make(out, e);
    snprintf(out, PATH_CAP, "%s/blobs/incoming-%s", data_dir, token);
    return rc;
}

int blob_adopt(const char *data_dir, const char *path, struct sm3_hash *hash, int64_t *size,
               struct err *e)
{
    struct blob_writer *w = writer_new(data_dir, INT64_MAX);
    bool existed;
    snprintf(w->tmp, sizeof w->tmp, "%s", path);
    w = take_file(w, e);
    return w ? blob_finish(w, hash, size, &existed, e) : e->code;
}

void blob_drop(const char *data_dir, const struct sm3_hash *hash)
{
    char path[PATH_CAP];
    blob_where(data_dir, hash, path);
    unlink(path);
}

int blob_open(const char *data_dir, const struct sm3_hash *hash, int *fd, int64_t *size,
              struct err *e)
{
    char dir[1024];
    char path[PATH_CAP];
    struct stat st;
    snprintf(dir, sizeof dir, "%s/blobs", data_dir);
    blob_path(dir, hash, true, path);
    *fd = open(path, O_RDONLY | O_CLOEXEC);
    if (*fd < 0)
        return file_io_error(e, "读取文件", "blobs");
    if (fstat(*fd, &st) != 0) {
        close(*fd);
        return file_io_error(e, "读取文件", "blobs");
    }
    *size = st.st_size;
    return 0;
}
