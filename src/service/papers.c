/* papers: see papers.h. PAPERS is the table of all papers: what each is about, how it is called,
 * who finds and who writes it. Finding and writing stand in paper_{case,item,permit,process,visit}.c.
 */
#include "service/paper_parts.h"

/* What makes a paper: one per case, or one per row of the bundle. */
enum source { PER_CASE, PER_ITEM, PER_ROUND, PER_SPECIAL, PER_EXTENSION, PER_HEARING_STAGE,
              PER_ACT /* of the timeline */, PER_PART, PER_COMMITMENT, PER_DELIVERY,
              PER_PERMIT_EVENT };

struct paper_type {
    const char *key;   /* of its code */
    const char *mark;  /* in its number */
    const char *title; /* unless the finder says otherwise */
    enum source source;
    bool stages;       /* later ones take over the plain code */
    bool anew;         /* a later one takes the place of an earlier one */
    void (*find)(const struct bundle *b, size_t row, struct arena *a, struct paper *out);
    int (*write)(struct letter *l);
};

#define BY(name) paper_find_##name, paper_write_##name
static const struct paper_type PAPERS[PAPER_KINDS] = {
    [PAPER_RECEIPT] = { "receipt", "收", "收件回执", PER_CASE, false, false, BY(receipt) },
    [PAPER_NOTICE] = { "notice", "告", "一次告知书", PER_CASE, false, false, BY(notice) },
    [PAPER_CORRECTION] = { "correction", "补", "补正通知书", PER_ROUND, true, false, BY(correction) },
    [PAPER_ACCEPTANCE] = { "acceptance", "受", "受理通知书", PER_ITEM, false, false, BY(acceptance) },
    [PAPER_SPECIAL] = { "special", "特", "特别程序告知书", PER_SPECIAL, false, false, BY(special) },
    [PAPER_EXTENSION] = { "extension", "延", "延期通知书", PER_EXTENSION, false, false, BY(extension) },
    [PAPER_HEARING] = { "hearing", "听", "听证告知书", PER_HEARING_STAGE, true, false, BY(hearing) },
    [PAPER_VISIT] = { "visit", "查", "现场核查通知书", PER_ACT, true, true, BY(visit) },
    [PAPER_INSPECTION] = { "inspection", "核", "现场核查记录表", PER_PART, false, false,
                           BY(inspection) },
    [PAPER_COMMITMENT] = { "commitment", "诺", "容缺受理承诺书", PER_COMMITMENT, false, false,
                           BY(commitment) },
    [PAPER_DECISION] = { "decision", "决", "", PER_ITEM, false, false, BY(decision) },
    [PAPER_DELIVERY] = { "delivery", "送", "送达回证", PER_DELIVERY, false, false, BY(delivery) },
    [PAPER_ENDED] = { "ended", "终", "终止办理通知书", PER_ITEM, false, false, BY(ended) },
    [PAPER_PERMIT] = { "permit", "变", "", PER_PERMIT_EVENT, false, false, BY(permit) },
};

/* ---- finding ---- */

static size_t rows_of(const struct bundle *b, enum source source)
{
    const size_t n[] = {
        [PER_CASE] = 1, [PER_ITEM] = b->n_items, [PER_ROUND] = b->n_rounds,
        [PER_SPECIAL] = b->n_specials, [PER_EXTENSION] = b->n_extensions,
        [PER_HEARING_STAGE] = 2 * b->n_hearings, [PER_ACT] = b->n_timeline,
        [PER_PART] = b->n_parts, [PER_COMMITMENT] = b->n_commitments,
        [PER_DELIVERY] = b->n_deliveries, [PER_PERMIT_EVENT] = b->n_permit_events,
    };
    return n[source];
}

static struct paper find(const struct bundle *b, enum paper_kind kind, size_t row,
                         struct arena *a)
{
    struct paper p = { .kind = kind, .row = row, .title = sv_of(PAPERS[kind].title),
                       .date = DATE_NONE };
    PAPERS[kind].find(b, row, a, &p);
    return p;
}

/* The later stage of a paper that is about the same thing, if it is there. */
static bool newer_exists(const struct bundle *b, const struct paper *p, struct arena *a)
{
    const struct paper_type *t = &PAPERS[p->kind];
    for (size_t row = p->row + 1; t->stages && row < rows_of(b, t->source); row++) {
        struct paper later = find(b, p->kind, row, a);
        if (later.item_id == p->item_id && later.id == p->id && later.date != DATE_NONE)
            return true;
    }
    return false;
}

static struct sv code_of(const struct paper *p, bool with_ordinal, struct arena *a)
{
    const char *key = PAPERS[p->kind].key;
    struct sv code = p->id ? arena_printf_sv(a, "%s-%lld", key, (long long)p->id) : sv_of(key);
    return with_ordinal ? arena_printf_sv(a, "%s-%u", code.p, p->ordinal) : code;
}

/* "-SPJYXK" of the item's permit, "" for the case. */
static struct sv permit_mark(const struct item_row *i, struct arena *a)
{
    return i ? arena_printf_sv(a, "-%s", text_of(sv_skip(i->permit, 2))) : SV("");
}

/* Everything but what the finder knows: ordinal, code, number, label. */
static void complete(const struct bundle *b, struct paper *p, struct arena *a)
{
    const struct item_row *i = paper_item(b, p->item_id);
    const struct permit_type *type = i ? catalog_permit(b->catalog, i->permit) : NULL;
    p->ordinal = 1;
    for (size_t row = 0; row < p->row; row++) {
        struct paper earlier = find(b, p->kind, row, a);
        p->ordinal += earlier.item_id == p->item_id && earlier.date != DATE_NONE;
    }
    p->superseded = newer_exists(b, p, a);
    p->replaced = p->superseded && PAPERS[p->kind].anew;
    p->code = code_of(p, p->superseded, a);
    p->number = arena_printf_sv(a, "%s%s-%s%02u", text_of(b->row.number),
                                permit_mark(i, a).p, PAPERS[p->kind].mark, p->ordinal);
    p->label = type ? arena_printf_sv(a, "%s（%s）", p->title.p, text_of(type->name)) : p->title;
}

static void insert_by_moment(struct paper *list, size_t n, const struct paper *p)
{
    size_t at = n;
    for (; at > 0 && list[at - 1].moment > p->moment; at--)
        list[at] = list[at - 1];
    list[at] = *p;
}

void papers_list(const struct bundle *b, struct arena *a, struct paper **out, size_t *n)
{
    size_t most = 0;
    *n = 0;
    for (int k = 0; k < PAPER_KINDS; k++)
        most += rows_of(b, PAPERS[k].source);
    *out = arena_array(a, most, sizeof **out);
    for (int k = 0; k < PAPER_KINDS; k++)
        for (size_t row = 0; row < rows_of(b, PAPERS[k].source); row++) {
            struct paper p = find(b, (enum paper_kind)k, row, a);
            if (p.date == DATE_NONE)
                continue;
            complete(b, &p, a);
            insert_by_moment(*out, (*n)++, &p);
        }
}

bool papers_find(const struct bundle *b, struct sv code, struct arena *a, struct paper *out)
{
    struct paper *list;
    size_t n;
    papers_list(b, a, &list, &n);
    for (size_t k = 0; k < n; k++) {
        bool stages = PAPERS[list[k].kind].stages;
        if (sv_eq(list[k].code, code) || (stages && sv_eq(code_of(&list[k], true, a), code))) {
            *out = list[k];
            return true;
        }
    }
    return false;
}

/* ---- whose ---- */

static bool asked_correction(const struct bundle *b, const struct paper *p, int64_t item_id)
{
    const struct round_rows *r = &b->rounds[p->row];
    for (size_t k = 0; k < r->n; k++)
        if (r->entries[k].item_id == item_id)
            return true;
    return false;
}

static bool takes_part(const struct bundle *b, const struct paper *p, int64_t item_id)
{
    for (size_t k = 0; k < b->n_parts; k++)
        if (b->parts[k].visit_id == p->id && b->parts[k].item_id == item_id)
            return true;
    return false;
}

bool paper_concerns(const struct bundle *b, const struct paper *p, const struct item_row *i)
{
    const struct permit_type *type = catalog_permit(b->catalog, i->permit);
    switch (p->kind) {
    case PAPER_RECEIPT:
        return true;
    case PAPER_CORRECTION:
        return asked_correction(b, p, i->id);
    case PAPER_VISIT:
        return takes_part(b, p, i->id);
    case PAPER_COMMITMENT: /* its decision relies on the promise */
        return type && form_asks(type, b->commitment_rows[p->row].material);
    default:
        return p->item_id == i->id;
    }
}

/* ---- drawing ---- */

struct sv paper_issuer(const struct bundle *b, const struct paper *p)
{
    const struct item_row *i = paper_item(b, p->item_id);
    const struct department *from = i ? catalog_department(b->catalog, i->department)
                                      : catalog_bureau(b->catalog, b->row.region);
    if (p->kind == PAPER_COMMITMENT)
        return b->commitment_rows[p->row].signed_by;
    return from ? from->name : SV("");
}

/* Answers to corrections may rename the holder: the form that was in force then says the name. */
struct sv paper_holder(const struct bundle *b, const struct paper *p, struct arena *a)
{
    struct sv name = b->row.holder_name;
    if (p->kind == PAPER_PERMIT)
        return paper_permit_holder(b, p);
    for (size_t k = b->n_versions; k-- > 0;)
        if (p->moment < b->versions[k].replaced_at) {
            json_t *form = json_parse(b->versions[k].body, NULL);
            name = arena_sv(a, json_sv(form, F_ENT_NAME));
            json_decref(form);
        }
    return name.n ? name : b->row.applicant_name;
}

static void frame(struct letter *l)
{
    const struct app *app = l->app;
    const struct paper *p = l->paper;
    char *host = arena_dup(l->arena, app->public_url);
    /* Upper case keeps the whole code in QR's alphanumeric mode. */
    for (char *c = host; *c; c++)
        *c = *c >= 'a' && *c <= 'z' ? (char)(*c - 'a' + 'A') : *c;
    l->doc.blocks = l->blocks;
    l->doc.title = p->title;
    l->doc.number = arena_printf_sv(l->arena, "编号：%s", p->number.p);
    l->doc.to = paper_holder(l->b, p, l->arena);
    l->doc.issuer = paper_issuer(l->b, p);
    l->doc.date = sv_of(letter_date(l, p->date));
    l->doc.qr_text = arena_printf_sv(l->arena, "%s/V/D/%s", host,
                                     paper_verify_code(app, l->b, p, l->arena).p);
    l->doc.footer = app->demo ? SV("示例数据，仅供演示，不具有法律效力") : SV("");
    l->doc.sample = app->demo;
}

int paper_make(const struct app *app, const struct bundle *b, const struct paper *p,
               struct sv only, struct arena *a, enum doc_format format, struct buf *out,
               struct err *e)
{
    struct letter *l = arena_alloc(a, sizeof *l);
    *l = (struct letter){ .app = app, .arena = a, .b = b, .catalog = b->catalog, .paper = p, .only = only, .e = e,
                          .item = paper_item(b, p->item_id) };
    if (l->item) {
        l->permit = catalog_permit(b->catalog, l->item->permit);
        l->department = catalog_department(b->catalog, l->item->department);
        if (!l->permit)
            return err_set(e, ERR_CORRUPT, "办件所用目录中没有该许可事项");
    }
    frame(l);
    int rc = PAPERS[p->kind].write(l);
    return rc == 0 ? doc_letter(&l->doc, format, out, e) : rc;
}
