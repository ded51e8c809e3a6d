/* archive_gather: what happened in a case, and the files of its package. See archive_parts.h. */
#include "service/archive_parts.h"
#include "service/prefill.h"


/* ---- facts and parts ---- */

static void grow(struct arena *a, void **list, size_t n, size_t *cap, size_t size)
{
    if (n < *cap)
        return;
    void *more = arena_array(a, *cap ? *cap * 2 : 64, size);
    if (n)
        memcpy(more, *list, n * size);
    *list = more;
    *cap = *cap ? *cap * 2 : 64;
}

static void fact(struct archive_case *x, enum archive_fact_kind kind, int64_t ref, struct sv code,
                 struct sv label)
{
    grow(x->arena, (void **)&x->facts, x->n_facts, &x->cap_facts, sizeof *x->facts);
    x->facts[x->n_facts++] = (struct archive_fact){ kind, ref, code, label };
}

static void fact_if_so(struct archive_case *x, bool so, enum archive_fact_kind kind, int64_t ref,
                       struct sv label)
{
    if (so)
        fact(x, kind, ref, SV(""), label);
}

/* In the order of the package: the serial is the place. */
static struct archive_part *part(struct archive_case *x, enum archive_piece_kind kind, int64_t ref,
                                 struct sv code, struct sv title, struct sv media_type)
{
    struct buf path;
    grow(x->arena, (void **)&x->parts, x->n_parts, &x->cap_parts, sizeof *x->parts);
    struct archive_part *p = &x->parts[x->n_parts++];
    buf_init(&path, 1024);
    archive_path(&path, kind, x->n_parts, title, archive_ending(media_type));
    *p = (struct archive_part){ .piece = { kind, ref, code }, .title = title,
                                .media_type = media_type, .date = DATE_NONE,
                                .path = arena_sv(x->arena, buf_sv(&path)) };
    buf_done(&path);
    return p;
}

/* ---- items ---- */

static struct sv permit_name(const struct archive_case *x, int64_t item_id)
{
    for (size_t i = 0; i < x->b.n_items; i++)
        if (x->b.items[i].id == item_id) {
            const struct permit_type *p = catalog_permit(x->b.catalog, x->b.items[i].permit);
            return p ? p->name : x->b.items[i].permit;
        }
    return SV("行业综合许可证");
}

static void item_facts(struct archive_case *x)
{
    for (size_t k = 0; k < x->b.n_items; k++) {
        const struct item_row *i = &x->b.items[k];
        struct sv name = permit_name(x, i->id);
        bool given = i->state == ITEM_GRANTED || i->state == ITEM_DENIED;
        fact_if_so(x, item_open(i->state), FACT_OF_ITEM_OPEN, i->id, name);
        fact_if_so(x, i->accepted_on != DATE_NONE, FACT_OF_ACCEPTED, i->id, name);
        fact_if_so(x, given || i->state == ITEM_REFUSED, FACT_OF_DECIDED, i->id, name);
        fact_if_so(x, i->state == ITEM_WITHDRAWN || i->state == ITEM_ENDED, FACT_OF_ENDED, i->id,
                   name);
        fact_if_so(x, given, FACT_OF_TO_DELIVER, i->id, name);
    }
}

/* Nobody can issue a licence of permits that have all ended meanwhile. */
static bool waits_for_licence(const struct bundle *b)
{
    struct case_facts f = bundle_facts(b);
    bool valid = false;
    for (size_t i = 0; i < b->n_permits; i++)
        valid |= sv_is(b->permits[i].state, "valid");
    return valid && !f.issued && f.count[ITEM_GRANTED] > 0;
}

/* ---- the process ---- */

static void visit_facts(struct archive_case *x)
{
    const struct bundle *b = &x->b;
    for (size_t k = 0; k < b->n_visits; k++) {
        const struct visit_row *v = &b->visits[k];
        struct sv name = arena_printf_sv(x->arena, "第%lld轮", (long long)v->round);
        fact_if_so(x, visit_open(v->state), FACT_OF_VISIT_OPEN, v->id, name);
        fact_if_so(x, v->announced_at != 0, FACT_OF_VISIT_ANNOUNCED, v->id, name);
    }
    for (size_t k = 0; k < b->n_parts; k++)
        fact_if_so(x, b->parts[k].confirmed_at != 0, FACT_OF_INSPECTED, b->parts[k].id,
                   permit_name(x, b->parts[k].item_id));
    for (size_t k = 0; k < b->n_photos; k++)
        fact(x, FACT_OF_PHOTO_TAKEN, b->photos[k].id, SV(""), b->photos[k].name);
}

static void process_facts(struct archive_case *x)
{
    const struct bundle *b = &x->b;
    for (size_t k = 0; k < b->n_rounds; k++) {
        const struct correction_row *r = &b->rounds[k].row;
        struct sv name = arena_printf_sv(x->arena, "第%lld轮", (long long)r->round);
        fact_if_so(x, r->issued_at != 0, FACT_OF_CORRECTION_SENT, r->id, name);
        fact_if_so(x, sv_is(r->state, "issued"), FACT_OF_CORRECTION_OPEN, r->id, SV(""));
    }
    for (size_t k = 0; k < b->n_specials; k++) {
        const struct special_row *s = &b->specials[k];
        bool runs = false;
        for (size_t i = 0; i < b->n_items; i++)
            runs |= b->items[i].special_id == s->id && item_open(b->items[i].state);
        fact(x, FACT_OF_SPECIAL, s->id, SV(""), permit_name(x, s->item_id));
        fact_if_so(x, runs, FACT_OF_SPECIAL_OPEN, s->id, permit_name(x, s->item_id));
    }
    for (size_t k = 0; k < b->n_extensions; k++)
        fact(x, FACT_OF_EXTENDED, b->extensions[k].id, SV(""),
             permit_name(x, b->extensions[k].item_id));
    for (size_t k = 0; k < b->n_hearings; k++) {
        const struct hearing_row *h = &b->hearings[k];
        if (h->told_on != DATE_NONE)
            fact(x, FACT_OF_HEARING, h->item_id, SV("told"), permit_name(x, h->item_id));
        if (h->noticed_on != DATE_NONE)
            fact(x, FACT_OF_HEARING, h->item_id, SV("noticed"), permit_name(x, h->item_id));
    }
    visit_facts(x);
}

/* ---- materials ---- */

static struct sv material_name(const struct archive_case *x, struct sv code)
{
    const struct material *m = catalog_material(x->b.catalog, code);
    return m ? m->name : code;
}

/* A material counts as asked for when a permit that was granted asks for it: only a grant rests on it. */
static bool grant_rests_on(const struct bundle *b, const struct form_material *m)
{
    for (size_t k = 0; k < m->n_permits; k++)
        for (size_t i = 0; i < b->n_items; i++)
            if (b->items[i].state == ITEM_GRANTED && sv_eq(b->items[i].permit, m->permits[k]->code))
                return true;
    return false;
}

static void material_facts(struct archive_case *x)
{
    const struct bundle *b = &x->b;
    const char *key;
    json_t *given;
    for (size_t k = 0; k < b->n_files; k++)
        fact(x, FACT_OF_FILE_GIVEN, b->files[k].id, b->files[k].material, b->files[k].name);
    for (size_t k = 0; k < b->n_commitments; k++) {
        const struct commitment_row *c = &b->commitment_rows[k];
        bool open = sv_is(c->state, "promised");
        fact(x, FACT_OF_PROMISED, c->id, SV(""), material_name(x, c->material));
        fact(x, open ? FACT_OF_PROMISE_OPEN : FACT_OF_PROMISE_SETTLED, c->id, c->material,
             material_name(x, c->material));
    }
    json_object_foreach(b->shared, key, given)
        if (json_is_true(given))
            fact(x, FACT_OF_MATERIAL_SHARED, 0, arena_sv(x->arena, sv_of(key)),
                 material_name(x, sv_of(key)));
    for (size_t k = 0; k < b->form.n_materials; k++) {
        const struct form_material *m = &b->form.materials[k];
        enum material_need need = form_material_need(&b->form, m, b->values, b->answers);
        if ((need == NEED_REQUIRED || need == NEED_TOLERABLE) && grant_rests_on(b, m))
            fact(x, FACT_OF_MATERIAL_ASKED, 0, m->material->code, m->material->name);
    }
}

/* ---- files ---- */

/* A file of the store, when it is there and as long as registered; what is in it archive_fill reads. */
static void blob_part(struct archive_case *x, enum archive_piece_kind kind, int64_t ref,
                      struct sv code, struct sv title, struct sv media_type, struct sv sm3,
                      int64_t size, struct sv original)
{
    struct sm3_hash hash;
    char path[4096];
    if (!sm3_from_hex(sm3, &hash))
        return;
    blob_where(x->app->data_dir.p, &hash, path);
    if (file_stamp_of(path).size != size)
        return;
    struct archive_part *p = part(x, kind, ref, code, title, media_type);
    p->source = FROM_BLOB;
    p->file = arena_dup(x->arena, sv_of(path));
    p->sm3 = hash;
    p->size = size;
    p->original = original;
}

static void material_parts(struct archive_case *x)
{
    const struct bundle *b = &x->b;
    for (size_t k = 0; k < b->n_files; k++) {
        const struct attachment_row *f = &b->files[k];
        blob_part(x, PIECE_MATERIAL, f->id, f->material, material_name(x, f->material),
                  f->media_type, f->sm3, f->size, f->name);
    }
}

static void photo_parts(struct archive_case *x)
{
    const struct bundle *b = &x->b;
    for (size_t k = 0; k < b->n_photos; k++) {
        const struct photo_row *f = &b->photos[k];
        blob_part(x, PIECE_PHOTO, f->id, SV(""),
                  arena_printf_sv(x->arena, "%s（%s）", archive_piece_text(PIECE_PHOTO),
                                  arena_dup(x->arena, permit_name(x, f->item_id))),
                  f->media_type, f->sm3, f->size, f->name);
    }
}

static const struct { enum archive_piece_kind piece; } OF_PAPER[PAPER_KINDS] = {
    [PAPER_RECEIPT] = { PIECE_RECEIPT },       [PAPER_NOTICE] = { PIECE_NOTICE },
    [PAPER_CORRECTION] = { PIECE_CORRECTION }, [PAPER_ACCEPTANCE] = { PIECE_ACCEPTANCE },
    [PAPER_SPECIAL] = { PIECE_SPECIAL },       [PAPER_EXTENSION] = { PIECE_EXTENSION },
    [PAPER_HEARING] = { PIECE_HEARING },       [PAPER_VISIT] = { PIECE_VISIT },
    [PAPER_INSPECTION] = { PIECE_INSPECTION }, [PAPER_COMMITMENT] = { PIECE_COMMITMENT },
    [PAPER_DECISION] = { PIECE_DECISION },     [PAPER_DELIVERY] = { PIECE_DELIVERY },
    [PAPER_ENDED] = { PIECE_ENDED },
};

/* The row that a paper stands for, as the facts name it. */
static struct archive_piece piece_of(const struct bundle *b, const struct paper *p)
{
    struct archive_piece out = { OF_PAPER[p->kind].piece, p->id, SV("") };
    if (p->kind == PAPER_CORRECTION)
        out.ref = b->rounds[p->row].row.id;
    if (p->kind == PAPER_HEARING)
        out.code = p->row % 2 ? SV("noticed") : SV("told");
    if (p->kind == PAPER_DELIVERY)
        out.ref = p->item_id;
    return out;
}

static void paper_parts(struct archive_case *x, enum archive_category category)
{
    struct paper *papers;
    size_t n;
    papers_list(&x->b, x->arena, &papers, &n);
    for (size_t k = 0; k < n; k++) {
        struct archive_piece piece = piece_of(&x->b, &papers[k]);
        if (archive_category_of(piece.kind) != category)
            continue;
        struct sv title = piece.kind == PIECE_DELIVERY && !papers[k].item_id
                              ? SV("送达回证（行业综合许可证）") : papers[k].label;
        struct archive_part *p = part(x, piece.kind, piece.ref, piece.code, title,
                                      SV("application/pdf"));
        p->source = FROM_PAPER;
        p->paper = papers[k];
        p->date = papers[k].date;
        p->item_id = papers[k].item_id;
    }
}

static void licence_part(struct archive_case *x, enum archive_piece_kind kind, int64_t ref,
                         const struct licence_view *view, struct sv name, struct sv title)
{
    bool ofd = kind == PIECE_LICENCE_OFD || kind == PIECE_PERMIT_OFD;
    struct archive_part *p = part(x, kind, ref, SV(""), title,
                                  ofd ? SV("application/ofd") : SV("application/pdf"));
    p->source = FROM_LICENCE;
    p->view = view;
    p->name = name;
    p->date = view->row.issued_on;
}

static void licence_parts(struct archive_case *x)
{
    for (size_t k = 0; k < x->n_versions; k++) {
        const struct licence_view *v = &x->versions[k];
        struct sv title = arena_printf_sv(x->arena, "行业综合许可证（第%lld版）",
                                          (long long)v->row.version);
        fact(x, FACT_OF_ISSUED, v->row.version, SV(""), arena_printf_sv(x->arena, "第%lld版",
                                                                      (long long)v->row.version));
        licence_part(x, PIECE_LICENCE_PDF, v->row.version, v, SV("licence.pdf"), title);
        licence_part(x, PIECE_LICENCE_OFD, v->row.version, v, SV("licence.ofd"), title);
    }
    for (size_t k = 0; k < x->permits.n_permits; k++) {
        const struct permit_row *p = &x->permits.permits[k];
        long long id = (long long)p->id;
        fact(x, FACT_OF_PERMIT_GRANTED, p->id, SV(""), p->name);
        licence_part(x, PIECE_PERMIT_PDF, p->id, &x->permits,
                     arena_printf_sv(x->arena, "permit-%lld.pdf", id), p->name);
        licence_part(x, PIECE_PERMIT_OFD, p->id, &x->permits,
                     arena_printf_sv(x->arena, "permit-%lld.ofd", id), p->name);
    }
}

static void form_parts(struct archive_case *x)
{
    part(x, PIECE_FORM, 0, SV(""), SV("申请表"), SV("application/pdf"));
    part(x, PIECE_FORM_DATA, 0, SV(""), SV("申请表数据"), SV("application/json"));
    for (size_t k = 0; k < x->b.n_versions; k++)
        part(x, PIECE_FORM_BEFORE, x->b.versions[k].round, SV(""),
             arena_printf_sv(x->arena, "第%lld轮补正前的申请表数据",
                             (long long)x->b.versions[k].round),
             SV("application/json"));
}

static void all_parts(struct archive_case *x)
{
    part(x, PIECE_README, 0, SV(""), SV("说明文件"), SV("text/plain"));
    part(x, PIECE_CONTENTS, 0, SV(""), SV("案卷目录"), SV("text/csv"));
    part(x, PIECE_METADATA, 0, SV(""), SV("元数据"), SV("application/json"));
    part(x, PIECE_KEY, 0, SV(""), SV("签名公钥和证书"), SV("application/x-pem-file"));
    form_parts(x);
    material_parts(x);
    paper_parts(x, CATEGORY_APPLICATION);
    paper_parts(x, CATEGORY_ACCEPTANCE);
    paper_parts(x, CATEGORY_REVIEW);
    photo_parts(x);
    paper_parts(x, CATEGORY_DECISION);
    licence_parts(x);
    paper_parts(x, CATEGORY_DELIVERY);
    part(x, PIECE_LOG, 0, SV(""), SV("办理日志"), SV("application/json"));
    part(x, PIECE_PROOFS, 0, SV(""), SV("日志存在证明"), SV("application/json"));
    part(x, PIECE_HEAD, 0, SV(""), SV("签名树头"), SV("application/json"));
}

/* ---- the licence as this case made it ---- */

static bool of_case(const struct bundle *b, int64_t seq)
{
    for (size_t k = 0; k < b->n_timeline; k++)
        if (b->timeline[k].row.seq == seq)
            return true;
    return false;
}

/* What stands on a version is in its signed text, whatever became of its permits since. */
static int as_issued(const struct licence_row *row, struct arena *a, struct licence_view *out,
                     struct err *e)
{
    struct payload_carried carried;
    struct payload p;
    int rc = payload_split(row->payload, &carried, e);
    if (rc == 0)
        rc = payload_decode(&carried, a, &p, e);
    if (rc != 0)
        return rc;
    *out = (struct licence_view){ .row = *row, .n_permits = p.n_permits,
                                  .permits = arena_array(a, p.n_permits + 1, sizeof *out->permits) };
    out->row.state = p.n_permits ? SV("valid") : SV("void");
    for (size_t i = 0; i < p.n_permits; i++)
        out->permits[i] = (struct permit_row){
            .name = p.permits[i].name, .number = p.permits[i].number, .state = SV("valid"),
            .department_name = p.permits[i].department, .granted_on = p.permits[i].granted,
            .valid_from = DATE_NONE, .valid_until = p.permits[i].valid_until };
    return 0;
}

static int read_versions(struct db_conn *c, struct archive_case *x, struct sv number, struct err *e)
{
    struct licence_row *rows;
    size_t n;
    int rc = licence_versions(c, number, x->arena, &rows, &n, e);
    if (rc < 0)
        return rc;
    x->versions = arena_array(x->arena, n + 1, sizeof *x->versions);
    for (size_t k = n; rc >= 0 && k-- > 0;) /* newest first there, oldest first here */
        if (of_case(&x->b, rows[k].ledger_seq))
            rc = as_issued(&rows[k], x->arena, &x->versions[x->n_versions++], e);
    return rc;
}

/* The facts of a permit after the last act of this case on it. */
static void as_granted(struct archive_case *x, const struct permit_row *row,
                       const struct permit_event_row *events, size_t n)
{
    const struct permit_event_row *last = NULL;
    for (size_t k = 0; k < n; k++)
        if (events[k].permit_id == row->id && events[k].case_id == x->b.row.id &&
            of_case(&x->b, events[k].ledger_seq))
            last = &events[k];
    if (!last || last->act == ACT_CANCEL_PERMIT)
        return;
    struct permit_row *p = &x->permits.permits[x->permits.n_permits++];
    *p = *row;
    p->state = SV("valid");
    p->number = last->number;
    p->valid_from = last->valid_from;
    p->valid_until = last->valid_until;
    p->holder = last->holder;
    p->person = last->person;
    p->address = last->address;
}

static int read_licence(struct db_conn *c, struct archive_case *x, struct err *e)
{
    struct sv number = x->b.row.licence_number;
    struct permit_row *rows;
    struct permit_event_row *events;
    size_t n, n_events;
    if (number.n == 0)
        return 0;
    int rc = read_versions(c, x, number, e);
    if (rc >= 0)
        rc = permit_list_licence(c, number, x->arena, &rows, &n, e);
    if (rc >= 0)
        rc = permit_events_licence(c, number, x->arena, &events, &n_events, e);
    if (rc < 0 || x->n_versions == 0)
        return rc;
    x->permits = (struct licence_view){ .row = x->versions[x->n_versions - 1].row,
                                        .permits = arena_array(x->arena, n + 1, sizeof *rows) };
    for (size_t k = 0; k < n; k++)
        as_granted(x, &rows[k], events, n_events);
    return 0;
}

/* ---- all of it ---- */

static int gather_tx(struct db_conn *c, void *ctx, struct err *e)
{
    struct archive_case *x = ctx;
    int64_t id = x->b.row.id;
    int rc = bundle_load(x->app, c, id, WITH_ALL, x->arena, &x->b, e);
    if (rc == 1)
        rc = archive_find(c, id, x->arena, &x->row, e) < 0 ? e->code : 1;
    x->archived = rc == 1 && x->row.case_id == id;
    if (rc == 1)
        rc = read_licence(c, x, e) < 0 ? e->code : 1;
    return rc;
}

int archive_gather(struct app *app, int64_t case_id, int64_t now, struct arena *a,
                   struct archive_case *out, struct err *e)
{
    *out = (struct archive_case){ .app = app, .arena = a, .now = now, .b.row.id = case_id };
    int rc = db_read(app->db, gather_tx, out, e);
    if (rc == 1 && out->b.row.submitted_at)
        rc = bundle_resolve(&out->b, a, e) < 0 ? e->code : 1;
    if (rc != 1 || !out->b.row.submitted_at)
        return rc < 0 ? rc : 0;
    fact(out, FACT_OF_FILED, 0, SV(""), SV(""));
    item_facts(out);
    fact_if_so(out, waits_for_licence(&out->b), FACT_OF_NOT_ISSUED, 0, SV(""));
    fact_if_so(out, out->b.row.licence_number.n > 0, FACT_OF_TO_DELIVER, 0, SV("行业综合许可证"));
    process_facts(out);
    material_facts(out);
    all_parts(out);
    archive_judge(out);
    return 1;
}

void archive_judge(struct archive_case *x)
{
    struct archive_piece *pieces = arena_array(x->arena, x->n_parts + 1, sizeof *pieces);
    for (size_t i = 0; i < x->n_parts; i++)
        pieces[i] = x->parts[i].piece;
    archive_check(x->facts, x->n_facts, pieces, x->n_parts, x->arena, &x->problems, &x->n_problems);
}

void archive_case_done(struct archive_case *x)
{
    bundle_done(&x->b);
}
