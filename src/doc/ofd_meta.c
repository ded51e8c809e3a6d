/* ofd_meta: see ofd_meta.h. */
#include "doc/ofd_meta.h"

#include <stdlib.h>

#include "base/date.h"
#include "sys/crypto.h"

enum { TEXT_CAP = 8 * 1024 * 1024 };

void ofd_index_init(struct ofd_index *x)
{
    *x = (struct ofd_index){ 0 };
    buf_init(&x->text, TEXT_CAP);
}

void ofd_index_done(struct ofd_index *x)
{
    buf_done(&x->text);
    free(x->all);
}

void ofd_index_end(struct ofd_index *x, unsigned page, unsigned object, size_t from)
{
    if (x->text.n == from)
        return;
    if (x->n == x->cap) {
        x->cap = x->cap ? x->cap * 2 : 64;
        x->all = realloc(x->all, x->cap * sizeof *x->all);
        if (!x->all)
            abort();
    }
    x->all[x->n++] = (struct ofd_text){ page, object, from, x->text.n };
}

/* ---- items ---- */

static void put_item(struct buf *b, const struct doc_meta *m)
{
    buf_fmt(b, "<lic:%s>", m->name);
    buf_html(b, m->value);
    buf_fmt(b, "</lic:%s>\n", m->name);
}

static void write_attachment(struct ofd_pack *pack, const struct doc_facts *facts, unsigned id)
{
    const struct doc_original *o = facts->original;
    struct buf *b = ofd_xml(pack, "Doc_0/Attachs/metadata.xml");
    char date[11];
    buf_str(b, "<lic:eLicense xmlns:lic=\"" ELICENCE_NS "\">\n");
    for (size_t i = 0; i < o->n_meta; i++)
        put_item(b, &o->meta[i]);
    buf_str(b, "</lic:eLicense>\n");
    size_t bytes = b->n;
    b = ofd_xml(pack, "Doc_0/Attachs/Attachments.xml");
    date_format(date_in_text(facts->date), date);
    buf_fmt(b, "<ofd:Attachments xmlns:ofd=\"" OFD_NS "\"><ofd:Attachment ID=\"%u\" Name=\"metadata\" "
               "Format=\"xml\" CreationDate=\"%s\" Size=\"%zu.%02zu\" Visible=\"true\" Usage=\"none\">"
               "<ofd:FileLoc>metadata.xml</ofd:FileLoc></ofd:Attachment></ofd:Attachments>\n", id,
            date, bytes / 1024, bytes % 1024 * 100 / 1024);
}

/* The objects that together show text: a value may be broken into lines, hence objects. */
static void put_refs(struct buf *b, const struct ofd_index *x, struct sv text)
{
    struct sv all = buf_sv(&x->text);
    const char *at = text.n ? memmem(all.p ? all.p : "", all.n, text.p, text.n) : NULL;
    if (!at)
        return;
    size_t from = (size_t)(at - all.p);
    for (size_t i = 0; i < x->n; i++)
        if (x->all[i].from < from + text.n && x->all[i].to > from)
            buf_fmt(b, "<ofd:ObjectRef PageRef=\"%u\">%u</ofd:ObjectRef>", x->all[i].page,
                    x->all[i].object);
}

static void write_tags(struct ofd_pack *pack, const struct doc_original *o, const struct ofd_index *x)
{
    struct buf *b = ofd_xml(pack, "Doc_0/Tags/CustomTags.xml");
    buf_str(b, "<ofd:CustomTags xmlns:ofd=\"" OFD_NS "\"><ofd:CustomTag TypeID=\"eLicense\">"
               "<ofd:FileLoc>Tag_License.xml</ofd:FileLoc></ofd:CustomTag></ofd:CustomTags>\n");
    b = ofd_xml(pack, "Doc_0/Tags/Tag_License.xml");
    buf_str(b, "<lic:eLicense xmlns:lic=\"" ELICENCE_NS "\" xmlns:ofd=\"" OFD_NS "\">\n");
    for (size_t i = 0; i < o->n_meta; i++) {
        struct buf refs;
        buf_init(&refs, OFD_PART_CAP);
        put_refs(&refs, x, o->meta[i].shown);
        if (refs.n)
            buf_fmt(b, "<lic:%s>%s</lic:%s>\n", o->meta[i].name, refs.p, o->meta[i].name);
        buf_done(&refs);
    }
    buf_str(b, "</lic:eLicense>\n");
}

void ofd_meta_parts(struct ofd_pack *pack, const struct doc_facts *facts, const struct ofd_index *x,
                    unsigned id)
{
    write_attachment(pack, facts, id);
    write_tags(pack, facts->original, x);
}

/* ---- OFD.xml ---- */

static void doc_id(const struct ofd_pack *pack, struct buf *out)
{
    struct sm3_ctx *c = sm3_new();
    struct sm3_hash h;
    for (size_t i = 0; i < pack->n; i++)
        sm3_add(c, buf_sv(&pack->parts[i]->bytes));
    sm3_end(c, &h);
    sm3_free(c);
    buf_hex(out, h.b, 16);
}

static void put_element(struct buf *b, const char *name, struct sv text)
{
    if (sv_empty(text))
        return;
    buf_fmt(b, "<ofd:%s>", name);
    buf_html(b, text);
    buf_fmt(b, "</ofd:%s>", name);
}

static void put_info(struct buf *b, const struct doc_facts *facts, struct sv id)
{
    const struct doc_original *o = facts->original;
    char date[11];
    date_format(date_in_text(facts->date), date);
    buf_str(b, "<ofd:DocInfo>");
    put_element(b, "DocID", id);
    put_element(b, "Title", facts->title);
    put_element(b, "Author", facts->author);
    put_element(b, "CreationDate", sv_of(date));
    buf_str(b, "<ofd:Creator>yizheng</ofd:Creator><ofd:CreatorVersion>" YZ_VERSION
               "</ofd:CreatorVersion>");
    if (o && o->n_meta) {
        buf_str(b, "<ofd:CustomDatas>");
        for (size_t i = 0; i < o->n_meta; i++) {
            buf_fmt(b, "<ofd:CustomData Name=\"%s\">", o->meta[i].name);
            buf_html(b, o->meta[i].value);
            buf_str(b, "</ofd:CustomData>");
        }
        buf_str(b, "</ofd:CustomDatas>");
    }
    buf_str(b, "</ofd:DocInfo>");
}

void ofd_meta_root(struct ofd_pack *pack, const struct doc_facts *facts, bool sealed)
{
    struct buf id;
    buf_init(&id, 64);
    doc_id(pack, &id);
    struct buf *b = ofd_xml(pack, "OFD.xml");
    buf_str(b, "<ofd:OFD xmlns:ofd=\"" OFD_NS "\" Version=\"1.1\" DocType=\"OFD\"><ofd:DocBody>");
    put_info(b, facts, buf_sv(&id));
    buf_str(b, "<ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot>");
    if (sealed)
        buf_str(b, "<ofd:Signatures>" OFD_SIGNATURES "</ofd:Signatures>");
    buf_str(b, "</ofd:DocBody></ofd:OFD>\n");
    buf_done(&id);
}
