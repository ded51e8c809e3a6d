/* files_io: what files.c and blobs.c share. Private to src/sys. */
#ifndef YZ_SYS_FILES_IO_H
#define YZ_SYS_FILES_IO_H

#include "base/err.h"

enum { PATH_CAP = 4096 };

/* errno as an error: a full disk, a missing file, or trouble. */
int file_io_error(struct err *e, const char *what, const char *path);
/* All of it, or -1 with errno. */
int file_write_all(int fd, struct sv body);
/* fsync the directory that a path lies in. 0 / -1. */
int file_sync_dir_of(const char *path);

#endif
