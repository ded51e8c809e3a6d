/* embed: see embed.h. */
#include "sys/embed.h"

const struct embed_file *embed_find(struct sv name)
{
    for (const struct embed_file *f = EMBED_FILES; f->name; f++)
        if (sv_is(name, f->name))
            return f;
    return NULL;
}
