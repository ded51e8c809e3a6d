/* files: see files.h. */
#include "sys/files.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { PATH_CAP = 4096 };

static int io_error(struct err *e, const char *what, const char *path)
{
    int code = errno == ENOSPC || errno == EDQUOT || errno == EFBIG ? ERR_FULL
             : errno == ENOENT ? ERR_NOT_FOUND : ERR_IO;
    return err_set(e, code, "%s %s 失败：%s", what, path, strerror(errno));
}

static int write_all(int fd, struct sv body)
{
    while (body.n) {
        ssize_t n = write(fd, body.p, body.n);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return -1;
        body = sv_skip(body, (size_t)n);
    }
    return 0;
}

int file_read(const char *path, struct buf *out, struct err *e)
{
    char chunk[65536];
    int rc = 0;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return io_error(e, "读取文件", path);
    for (;;) {
        ssize_t n = read(fd, chunk, sizeof chunk);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            rc = io_error(e, "读取文件", path);
        if (n <= 0)
            break;
        buf_add(out, chunk, (size_t)n);
    }
    close(fd);
    if (rc == 0 && !buf_ok(out))
        rc = err_set(e, ERR_TOO_LARGE, "文件 %s 太大", path);
    return rc;
}

static int sync_dir_of(const char *path)
{
    char dir[PATH_CAP];
    const char *slash = strrchr(path, '/');
    size_t n = slash ? (size_t)(slash - path) : 1;
    if (n >= sizeof dir)
        return -1;
    memcpy(dir, slash ? path : ".", n);
    dir[n] = 0;
    int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return -1;
    int rc = fsync(fd);
    close(fd);
    return rc;
}

int file_write_durable(const char *path, struct sv body, unsigned mode, struct err *e)
{
    char tmp[PATH_CAP];
    snprintf(tmp, sizeof tmp, "%s.tmp%ld", path, (long)getpid());
    int fd = open(tmp, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);
    if (fd < 0)
        return io_error(e, "写入文件", path);
    bool ok = write_all(fd, body) == 0 && fsync(fd) == 0;
    ok = close(fd) == 0 && ok;
    if (!ok || rename(tmp, path) != 0 || sync_dir_of(path) != 0) {
        int rc = io_error(e, "写入文件", path);
        unlink(tmp);
        return rc;
    }
    return 0;
}

int dir_make(const char *path, struct err *e)
{
    char part[PATH_CAP];
    size_t n = strlen(path);
    if (n >= sizeof part)
        return err_set(e, ERR_CONFIG, "目录名太长");
    for (size_t i = 1; i <= n; i++) {
        if (path[i] != '/' && path[i] != 0)
            continue;
        memcpy(part, path, i);
        part[i] = 0;
        if (mkdir(part, 0700) != 0 && errno != EEXIST)
            return io_error(e, "建立目录", part);
    }
    return 0;
}

bool file_exists(const char *path)
{
    return access(path, F_OK) == 0;
}

int dir_check_writable(const char *path, struct err *e)
{
    char probe[PATH_CAP];
    snprintf(probe, sizeof probe, "%s/.probe%ld", path, (long)getpid());
    int fd = open(probe, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0)
        return err_set(e, ERR_CONFIG, "数据目录 %s 不能写入：%s", path, strerror(errno));
    close(fd);
    unlink(probe);
    return 0;
}

enum { HEAD_CAP = 4096 };

struct blob_writer {
    int fd;
    int64_t cap;
    int64_t size;
    struct sm3_ctx *hash;
    size_t head_n;
    char head[HEAD_CAP];
    char dir[1024];
    char tmp[1200];
};

struct blob_writer *blob_begin(const char *data_dir, int64_t cap, struct err *e)
{
    struct blob_writer *w = mem_new(sizeof *w);
    char token[24];
    w->cap = cap;
    w->fd = -1;
    snprintf(w->dir, sizeof w->dir, "%s/blobs", data_dir);
    random_token(12, token);
    snprintf(w->tmp, sizeof w->tmp, "%s/incoming-%s", w->dir, token);
    w->hash = sm3_new();
    if (dir_make(w->dir, e) != 0)
        goto fail;
    w->fd = open(w->tmp, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (w->fd < 0) {
        io_error(e, "写入文件", "blobs");
        goto fail;
    }
    return w;
fail:
    sm3_free(w->hash);
    free(w);
    return NULL;
}

int blob_add(struct blob_writer *w, struct sv bytes, struct err *e)
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
    return write_all(w->fd, bytes) == 0 ? 0 : io_error(e, "写入文件", "blobs");
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
    return got < 0 ? io_error(e, "读取文件", "blobs") : got;
}

void blob_abort(struct blob_writer *w)
{
    if (!w)
        return;
    if (w->fd >= 0)
        close(w->fd);
    unlink(w->tmp);
    sm3_free(w->hash);
    free(w);
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
    if (fsync(w->fd) != 0 || rename(w->tmp, path) != 0 || sync_dir_of(path) != 0)
        rc = io_error(e, "写入文件", "blobs");
out:
    blob_abort(w);
    return rc;
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
        return io_error(e, "读取文件", "blobs");
    if (fstat(*fd, &st) != 0) {
        close(*fd);
        return io_error(e, "读取文件", "blobs");
    }
    *size = st.st_size;
    return 0;
}
