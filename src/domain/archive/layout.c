/* layout: see layout.h. */
#include "domain/archive/layout.h"

#include <string.h>

#include "base/utf8.h"

enum { TITLE_MAX = 120 };

/* At most TITLE_MAX bytes, never half a character. */
static struct sv cut(struct sv title)
{
    size_t n = title.n < TITLE_MAX ? title.n : TITLE_MAX;
    while (n < title.n && n > 0 && ((unsigned char)title.p[n] & 0xC0) == 0x80)
        n--;
    return sv_make(title.p, n);
}

static void add_title(struct buf *out, struct sv title)
{
    title = cut(title);
    if (title.n == 0 || !utf8_clean(title)) {
        buf_str(out, "_");
        return;
    }
    for (size_t i = 0; i < title.n; i++) {
        unsigned char c = (unsigned char)title.p[i];
        buf_byte(out, c < ' ' || c == 127 || strchr("/\\:*?\"<>|", c) ? '_' : c);
    }
}

void archive_path(struct buf *out, enum archive_piece_kind kind, size_t serial, struct sv title,
                  const char *ending)
{
    const char *folder = archive_folder(archive_category_of(kind));
    buf_fmt(out, "%s%s%03zu-", folder, folder[0] ? "/" : "", serial);
    add_title(out, title);
    buf_fmt(out, ".%s", ending);
}

const char *archive_ending(struct sv media_type)
{
    static const struct { const char *type, *ending; } known[] = {
        { "application/pdf", "pdf" },  { "application/ofd", "ofd" }, { "image/jpeg", "jpg" },
        { "image/png", "png" },        { "application/json", "json" }, { "text/plain", "txt" },
        { "text/csv", "csv" },         { "application/x-pem-file", "pem" },
    };
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (sv_is(media_type, known[i].type))
            return known[i].ending;
    return "bin";
}
