/* files: see files.h. */
#include "sys/files.h"

#include "sys/files_io.h"

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

int file_io_error(struct err *e, const char *what, const char *path)
{
    int code = errno == ENOSPC || errno == EDQUOT || errno == EFBIG ? ERR_FULL
             : errno == ENOENT ? ERR_NOT_FOUND : ERR_IO;
    return err_set(e, code, "%s %s 失败：%s", what, path, strerror(errno));
}

int file_write_all(int fd, struct sv body)
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
        return file_io_error(e, "读取文件", path);
    for (;;) {
        ssize_t n = read(fd, chunk, sizeof chunk);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            rc = file_io_error(e, "读取文件", path);
        if (n <= 0)
            break;
        buf_add(out, chunk, (size_t)n);
    }
    close(fd);
    if (rc == 0 && !buf_ok(out))
        rc = err_set(e, ERR_TOO_LARGE, "文件 %s 太大", path);
    return rc;
}

int file_sync_dir_of(const char *path)
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
        return file_io_error(e, "写入文件", path);
    bool ok = file_write_all(fd, body) == 0 && fsync(fd) == 0;
    ok = close(fd) == 0 && ok;
    if (!ok || rename(tmp, path) != 0 || file_sync_dir_of(path) != 0) {
        int rc = file_io_error(e, "写入文件", path);
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
            return file_io_error(e, "建立目录", part);
    }
    return 0;
}

int dir_exchange(const char *one, const char *other, struct err *e)
{
    return renameat2(AT_FDCWD, one, AT_FDCWD, other, RENAME_EXCHANGE) == 0 &&
                   file_sync_dir_of(one) == 0 && file_sync_dir_of(other) == 0
               ? 0 : file_io_error(e, "替换目录", one);
}

int dir_remove(const char *path, struct err *e)
{
    DIR *dir = opendir(path);
    if (!dir)
        return errno == ENOENT ? 0 : file_io_error(e, "打开目录", path);
    for (const struct dirent *x; (x = readdir(dir));)
        if (strcmp(x->d_name, ".") != 0 && strcmp(x->d_name, "..") != 0)
            unlinkat(dirfd(dir), x->d_name, 0); /* one that stays is told by rmdir */
    closedir(dir);
    return rmdir(path) == 0 ? 0 : file_io_error(e, "删除目录", path);
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

static bool ends_in(const char *name, const char *const *endings)
{
    size_t n = strlen(name);
    for (; *endings; endings++) {
        size_t k = strlen(*endings);
        if (n >= k && strcmp(name + n - k, *endings) == 0)
            return true;
    }
    return false;
}

static int check_mode(const char *path, struct err *e)
{
    struct stat st;
    if (stat(path, &st) != 0)
        return file_io_error(e, "查看", path);
    if ((st.st_mode & 077) == 0)
        return 0;
    return err_set(e, ERR_CONFIG, "%s 的权限是 %03o，本机其他用户可以读取；请先执行 chmod go-rwx %s",
                   path, (unsigned)st.st_mode & 0777, path);
}

int dir_check_private(const char *path, const char *const *public_endings, struct err *e)
{
    char file[PATH_CAP];
    int rc = check_mode(path, e);
    if (rc != 0)
        return rc;
    DIR *d = opendir(path);
    if (!d)
        return file_io_error(e, "打开目录", path);
    for (const struct dirent *x; rc == 0 && (x = readdir(d));) {
        if (x->d_name[0] == '.' || ends_in(x->d_name, public_endings))
            continue;
        snprintf(file, sizeof file, "%s/%s", path, x->d_name);
        rc = check_mode(file, e);
        if (rc == ERR_NOT_FOUND) /* somebody else's temporary file */
            rc = 0;
    }
    closedir(d);
    return rc;
}

struct file_stamp file_stamp_of(const char *path)
{
    struct stat st;
    if (stat(path, &st) != 0)
        return (struct file_stamp){ 0 };
    return (struct file_stamp){ (int64_t)st.st_ino, (int64_t)st.st_size,
                                st.st_mtim.tv_sec * INT64_C(1000000000) + st.st_mtim.tv_nsec };
}

int file_lock(const char *path, struct err *e)
{
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0)
        return file_io_error(e, "打开", path);
    while (flock(fd, LOCK_EX) != 0)
        if (errno != EINTR) {
            close(fd);
            return file_io_error(e, "锁定", path);
        }
    return fd;
}

void file_unlock(int fd)
{
    if (fd >= 0)
        close(fd);
}
