/* ofd: see ofd.h. */
#include "doc/ofd.h"

#include <stdlib.h>
#include <zip.h>

/* 1980-01-01 00:00, the first moment of a ZIP archive: no time of this run gets into the file. */
enum { DOS_DATE = 1 << 5 | 1, DOS_TIME = 0 };

struct ofd_pack *ofd_pack_new(void)
{
    struct ofd_pack *p = mem_new(sizeof *p);
    p->arena = arena_new();
    return p;
}

void ofd_pack_free(struct ofd_pack *p)
{
    if (!p)
        return;
    for (size_t i = 0; i < p->n; i++)
        buf_done(&p->parts[i]->bytes);
    arena_free(p->arena);
    free(p);
}

struct buf *ofd_part(struct ofd_pack *p, const char *name)
{
    if (p->n == OFD_PARTS_MAX) { /* the last one is written over: it fails anyway */
        p->failed = true;
        p->n--;
        buf_done(&p->parts[p->n]->bytes);
    }
    struct ofd_part *part = arena_alloc(p->arena, sizeof *part);
    part->name = arena_dup(p->arena, sv_of(name));
    buf_init(&part->bytes, OFD_PART_CAP);
    p->parts[p->n++] = part;
    return &part->bytes;
}

struct buf *ofd_xml(struct ofd_pack *p, const char *name)
{
    struct buf *b = ofd_part(p, name);
    buf_str(b, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    return b;
}

static bool add(zip_t *zip, const struct ofd_part *part)
{
    zip_source_t *s = zip_source_buffer(zip, part->bytes.p ? part->bytes.p : "", part->bytes.n, 0);
    zip_int64_t at = s ? zip_file_add(zip, part->name, s, ZIP_FL_ENC_UTF_8) : -1;
    if (s && at < 0)
        zip_source_free(s);
    return at >= 0 && zip_file_set_dostime(zip, (zip_uint64_t)at, DOS_TIME, DOS_DATE, 0) == 0;
}

/* What was written to source, into out. */
static bool take(zip_source_t *source, struct buf *out)
{
    zip_stat_t stat;
    if (zip_source_stat(source, &stat) != 0 || !(stat.valid & ZIP_STAT_SIZE) ||
        stat.size > OFD_CAP || zip_source_open(source) != 0)
        return false;
    char *bytes = mem_new(stat.size + 1);
    bool ok = zip_source_read(source, bytes, stat.size) == (zip_int64_t)stat.size;
    zip_source_close(source);
    if (ok)
        buf_add(out, bytes, stat.size);
    free(bytes);
    return ok && buf_ok(out);
}

int ofd_zip(const struct ofd_pack *p, struct buf *out, struct err *e)
{
    zip_source_t *source = zip_source_buffer_create(NULL, 0, 0, NULL);
    zip_t *zip = source ? zip_open_from_source(source, ZIP_CREATE | ZIP_TRUNCATE, NULL) : NULL;
    bool ok = zip && !p->failed;
    if (source && !zip)
        zip_source_free(source);
    if (!zip)
        return err_set(e, ERR_INTERNAL, "生成OFD失败");
    zip_source_keep(source);
    for (size_t i = 0; ok && i < p->n; i++)
        ok = buf_ok(&p->parts[i]->bytes) && add(zip, p->parts[i]);
    if (!ok)
        zip_discard(zip);
    else if (zip_close(zip) != 0) {
        zip_discard(zip);
        ok = false;
    }
    ok = ok && take(source, out);
    zip_source_free(source);
    return ok ? 0 : err_set(e, ERR_TOO_LARGE, "文书内容过多，无法生成OFD");
}
