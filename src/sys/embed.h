/* embed: the files carried inside the program (tools/embed.mjs makes the table). */
#ifndef YZ_SYS_EMBED_H
#define YZ_SYS_EMBED_H

#include "base/sv.h"

struct embed_file {
    const char *name; /* "sql/sqlite/0001_init.sql", "web/index.html", … */
    const unsigned char *body;
    size_t n;
    const unsigned char *gzip; /* NULL when packing does not pay */
    size_t n_gzip;
    const char *etag; /* hex, of body */
};

extern const struct embed_file EMBED_FILES[]; /* sorted by folder then name; ends with name NULL */
extern const size_t EMBED_COUNT;

/* Exact name, or NULL. */
const struct embed_file *embed_find(struct sv name);

#endif
