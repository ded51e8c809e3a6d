/* ofd_read: the files of an OFD from outside, unpacked with caps. */
#ifndef YZ_DOC_OFD_READ_H
#define YZ_DOC_OFD_READ_H

#include "base/err.h"

enum { OFD_FILES_MAX = 2000, OFD_FILE_MAX = 32 * 1024 * 1024, OFD_TOTAL_MAX = 96 * 1024 * 1024 };

struct ofd_file { struct sv name, bytes; bool covered; /* for the verifier */ };
struct ofd_files { struct ofd_file *all; size_t n; };

/* All files (no folders), on a. ERR_INVALID: not a sound archive, strange or double names;
 * ERR_TOO_LARGE. */
int ofd_read(struct sv bytes, struct arena *a, struct ofd_files *out, struct err *e);
/* path may begin with a slash; NULL when there is none. */
struct ofd_file *ofd_find(const struct ofd_files *f, struct sv path);

#endif
