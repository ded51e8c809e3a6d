/* prefill: the use case: ask everybody, fill what is empty, keep where it came from. See
 * prefill.h. Everything outside is asked before the transaction, which then finds out by the
 * case's version whether the form is still the one that was looked at. */
#include "service/prefill.h"

#include "domain/law/ids.h"
#include "service/draft.h"
#include "service/prefill_own.h"
#include "service/share_read.h"

enum { ASKED_MAX = 60 /* an hour and account: nobody reads a register through us */,
       NAMES_MAX = 20, SOURCES_MAX = OWN_SOURCES_MAX + 1 };
#define ASKED_WINDOW_MS (INT64_C(3600) * 1000)

const char *source_status_key(enum source_status s)
{
    static const char *const KEYS[SOURCE_STATUSES] = {
        [SOURCE_OK] = "ok", [SOURCE_NOT_FOUND] = "not_found",
        [SOURCE_UNAVAILABLE] = "unavailable", [SOURCE_NOT_CONFIGURED] = "not_configured",
        [SOURCE_SKIPPED] = "skipped",
    };
    return KEYS[s];
}

/* What a person reads when nothing was filled; SOURCE_OK with nothing new stands here too. */
static const char *const SENTENCES[PREFILL_KINDS][SOURCE_STATUSES] = {
    [PREFILL_REGISTER] = {
        [SOURCE_OK] = "企业登记信息已取来，没有需要补填的",
        [SOURCE_NOT_FOUND] = "企业登记信息里没有这个统一社会信用代码，请核对代码，或自己填写",
        [SOURCE_UNAVAILABLE] = "企业登记信息暂时取不到，请自己填写",
        [SOURCE_NOT_CONFIGURED] = "还没有接通企业登记信息，请自己填写",
        [SOURCE_SKIPPED] = "填好统一社会信用代码后，可以取来企业登记信息",
    },
    [PREFILL_LIBRARY] = {
        [SOURCE_OK] = "能由电子证照库提供的材料已经取得",
        [SOURCE_NOT_FOUND] = "电子证照库里没有查到需要的证照，请在材料页上传",
        [SOURCE_UNAVAILABLE] = "电子证照库暂时取不到，请在材料页上传，或稍后再取",
        [SOURCE_NOT_CONFIGURED] = "还没有接通电子证照库，请在材料页上传",
        [SOURCE_SKIPPED] = "没有需要由电子证照库提供的材料",
    },
    [PREFILL_PERMIT] = {
        [SOURCE_OK] = "已颁发的行业综合许可证上没有需要补填的",
        [SOURCE_NOT_FOUND] = "没有可用的行业综合许可证",
        [SOURCE_SKIPPED] = "没有可用的行业综合许可证",
    },
    [PREFILL_CASE] = {
        [SOURCE_OK] = "以前的申请里没有需要补填的",
        [SOURCE_NOT_FOUND] = "没有可用的以前的申请",
        [SOURCE_SKIPPED] = "您为不止一家主体申请过，填好统一社会信用代码后再取",
    },
};

struct run {
    struct app *app;
    const struct command *cmd;
    struct arena *arena;
    struct bundle b;
    int32_t today;
    struct sv uscc;
    struct prefill_source sources[SOURCES_MAX];
    size_t n_sources;
    struct own_answer own;
    struct register_answer enterprise;
    struct source_report *reports;
    bool changed;
};

static void report_text(struct source_report *r, struct arena *a)
{
    const char *plain = SENTENCES[r->kind][r->status];
    if (r->status == SOURCE_OK && r->filled && r->kind == PREFILL_LIBRARY)
        r->text = arena_printf_sv(a, "由电子证照库取得%zu份材料，不用上传", r->filled);
    else if (r->status == SOURCE_OK && r->filled)
        r->text = arena_printf_sv(a, "从%s填好了%zu项，请核对", prefill_kind_text(r->kind),
                                  r->filled);
    else
        r->text = sv_of(plain ? plain : "");
}

/* ---- who may be asked how often ---- */

static int count_tx(struct db_conn *c, void *ctx, struct err *e)
{
    struct run *x = ctx;
    struct throttle_row row;
    struct sv key = arena_printf_sv(x->arena, "share:%lld", (long long)x->cmd->actor->id);
    int rc = throttle_get(c, key, &row, e);
    if (rc < 0)
        return rc;
    if (rc == 0 || x->cmd->now - row.since > ASKED_WINDOW_MS)
        row = (struct throttle_row){ 0, x->cmd->now, 0 };
    if (row.failures >= ASKED_MAX)
        return err_set(e, ERR_THROTTLED, "一小时内取得太多次了，请稍后再取，或自己填写");
    row.failures++;
    return throttle_put(c, key, &row, e);
}

/* ---- values ---- */

static int find_uscc(struct run *x, struct sv asked, struct err *e)
{
    struct id_verdict v;
    json_t *values = bundle_filling(&x->b);
    struct sv there = sv_trim(json_sv(values, F_USCC));
    x->uscc = there.n ? there : asked;
    if (asked.n && !ids_check_uscc(asked, "统一社会信用代码", &v))
        err_problem(e, SV("/uscc"), "bad_uscc", "%s", v.problem);
    else if (asked.n && there.n && !sv_eq(asked, there))
        err_problem(e, SV("/uscc"), "other_uscc", "与申请表里的统一社会信用代码不一样，请先保存申请表");
    if (e->code == 0 && x->uscc.n && !there.n) {
        json_put_sv(values, F_USCC, x->uscc);
        x->changed = true;
    }
    /* What is being typed may still be wrong: then nobody is asked. */
    if (x->uscc.n && !ids_check_uscc(x->uscc, "", &v))
        x->uscc = SV("");
    return e->code;
}

static int ask_own(struct run *x, struct err *e)
{
    struct own_question q = { x->app, x->cmd->actor, &x->b.row, x->uscc, x->today, x->arena };
    int rc = own_read(&q, &x->own, e);
    for (size_t i = 0; i < x->own.n; i++)
        x->sources[x->n_sources++] = x->own.sources[i];
    return rc;
}

static struct share_question question(struct run *x)
{
    return (struct share_question){ x->app, x->uscc, x->b.row.id, x->today, x->arena };
}

static void ask_register(struct run *x)
{
    struct source_report *r = &x->reports[PREFILL_REGISTER];
    struct share_question q = question(x);
    if (x->uscc.n)
        share_ask_register(&q, &x->enterprise, r);
    if (r->status == SOURCE_OK)
        x->sources[x->n_sources++] = (struct prefill_source){
            PREFILL_REGISTER, sv_of(prefill_kind_text(PREFILL_REGISTER)), SV(""),
            x->enterprise.on, x->enterprise.values, 0 };
}

/* How the platform's own sources did. */
static void report_own(struct run *x)
{
    for (int kind = PREFILL_PERMIT; kind <= PREFILL_CASE; kind++) {
        struct source_report *r = &x->reports[kind];
        r->status = x->own.several ? SOURCE_SKIPPED : SOURCE_NOT_FOUND;
        for (size_t i = 0; i < x->own.n; i++)
            if ((int)x->own.sources[i].kind == kind)
                r->status = SOURCE_OK;
        r->asked = r->status == SOURCE_OK;
    }
}

/* Keep what each new mark stands for. */
static void keep_marks(json_t *marks, json_t *fresh, const json_t *values, struct arena *a)
{
    const char *code;
    json_t *mark;
    json_object_foreach(fresh, code, mark) {
        json_put_sv(mark, "digest", prefill_digest(json_object_get(values, code), a));
        json_object_set(marks, code, mark);
    }
}

static void fill(struct run *x)
{
    json_t *fresh = json_object();
    json_t *values = bundle_filling(&x->b);
    ask_register(x);
    report_own(x);
    x->changed |= prefill_fill(&x->b.form, values, x->b.answers, x->sources, x->n_sources,
                               x->today, fresh) > 0;
    keep_marks(x->b.marks, fresh, values, x->arena);
    json_decref(fresh);
    for (size_t i = 0; i < x->n_sources; i++)
        x->reports[x->sources[i].kind].filled += x->sources[i].filled;
}

/* The register knows that the enterprise is no longer one: say so. */
static void warn_standing(struct run *x)
{
    struct sv s = x->enterprise.standing;
    struct source_report *r = &x->reports[PREFILL_REGISTER];
    if (r->status == SOURCE_OK && s.n && !sv_is(s, "存续"))
        r->text = arena_printf_sv(x->arena, "%.*s；登记状态是“%.*s”，请先核实", (int)r->text.n,
                                  r->text.p, (int)s.n, s.p);
}

/* ---- materials ---- */

/* A certificate that a permit of this very case gives is not asked for: it comes about here. */
static bool made_here(const struct bundle *b, struct sv name)
{
    for (size_t i = 0; i < b->n_types; i++)
        if (sv_eq(b->types[i]->certificate_name, name) || sv_eq(b->types[i]->name, name))
            return true;
    return false;
}

/* "诊所备案凭证/医疗机构执业许可证": any of them will do. */
static bool wants_any(const struct bundle *b, struct sv names, struct sv *list, size_t *n)
{
    size_t before = *n;
    while (names.n) {
        struct sv one = sv_trim(sv_cut(&names, '/'));
        if (made_here(b, one)) {
            *n = before;
            return false;
        }
        if (one.n && *n < NAMES_MAX)
            list[(*n)++] = one;
    }
    return *n > before;
}

static json_t *found_item(json_t *items, struct sv names)
{
    size_t i;
    json_t *item;
    while (names.n) {
        struct sv one = sv_trim(sv_cut(&names, '/'));
        json_array_foreach(items, i, item)
            if (sv_eq(json_sv(item, "name"), one))
                return item;
    }
    return NULL;
}

/* From a permit that we ourselves have granted to the enterprise. New reference or NULL. */
static json_t *own_certificate(const struct run *x, struct sv names)
{
    char day[11];
    while (names.n) {
        struct sv one = sv_trim(sv_cut(&names, '/'));
        for (size_t i = 0; i < x->own.n_permits; i++) {
            const struct permit_row *p = &x->own.permits[i];
            const struct permit_type *t = catalog_permit(x->app->catalog, p->permit_type);
            if (!t || (!sv_eq(t->certificate_name, one) && !sv_eq(t->name, one)))
                continue;
            json_t *o = json_object();
            json_put_sv(o, "name", one);
            json_put_sv(o, "number", p->number);
            json_put_sv(o, "issuer", p->department_name);
            json_put_sv(o, "issued_on", sv_of(date_format(p->granted_on, day)));
            json_put_sv(o, "valid_until", sv_of(date_format(p->valid_until, day)));
            json_put_sv(o, "reference", arena_printf_sv(x->arena, "permit:%lld",
                                                        (long long)p->id));
            json_put_sv(o, "digest", prefill_digest(o, x->arena));
            json_put_sv(o, "source", SV("本平台已颁发的许可证"));
            return o;
        }
    }
    return NULL;
}

/* What becomes of one material; items: what the library gave, or NULL. New reference. */
static json_t *certificate_state(const struct run *x, const struct material *m, json_t *items)
{
    static const char *const COPIED[] = { "name", "number", "issuer", "issued_on", "valid_until",
                                          "reference", "digest", "source" };
    char day[11];
    int32_t until = DATE_NONE;
    json_t *o = json_object();
    json_t *own = own_certificate(x, m->e_cert_name);
    json_t *item = own ? own : found_item(items, m->e_cert_name);
    bool current = item && (!date_parse(json_sv(item, "valid_until"), &until) ||
                            until >= x->today);
    enum source_status s = x->reports[PREFILL_LIBRARY].status;
    json_put_sv(o, "source", sv_of(prefill_kind_text(PREFILL_LIBRARY)));
    json_put_sv(o, "on", sv_of(date_format(x->today, day)));
    for (size_t i = 0; current && i < sizeof COPIED / sizeof COPIED[0]; i++)
        if (json_sv(item, COPIED[i]).n)
            json_put_sv(o, COPIED[i], json_sv(item, COPIED[i]));
    json_put_sv(o, "state", current ? SV("obtained") : item ? SV("expired")
                            : s == SOURCE_OK ? SV("not_found") : sv_of(source_status_key(s)));
    json_decref(own);
    return o;
}

struct wanted { const struct material *list[NAMES_MAX]; size_t n;
                struct sv names[NAMES_MAX]; size_t n_names; };

/* Exempt materials that are needed now and that nobody has obtained yet for this holder. */
static void want(struct run *x, struct wanted *w)
{
    const struct form *f = &x->b.form;
    for (size_t i = 0; i < f->n_materials && w->n < NAMES_MAX; i++) {
        const struct material *m = f->materials[i].material;
        const json_t *c = certificate_of(&x->b, m->code);
        if (m->exempt_by_share && m->e_cert_name.n && !(c && certificate_obtained(c)) &&
            form_material_need(f, &f->materials[i], x->b.values, x->b.answers) != NEED_NONE &&
            wants_any(&x->b, m->e_cert_name, w->names, &w->n_names))
            w->list[w->n++] = m;
    }
}

/* What was kept so far, or a new record when the form names another holder. */
static json_t *certificates_for(struct run *x)
{
    json_t *items = json_object_get(x->b.certificates, "items");
    if (!items || !sv_eq(json_sv(x->b.certificates, "holder"), x->uscc)) {
        json_object_clear(x->b.certificates);
        json_put_sv(x->b.certificates, "holder", x->uscc);
        json_put(x->b.certificates, "items", json_object());
        items = json_object_get(x->b.certificates, "items");
    }
    return items;
}

/* Only while it is a draft: what has been handed in does not change behind anybody's back (P6). */
static void obtain(struct run *x)
{
    struct source_report *r = &x->reports[PREFILL_LIBRARY];
    struct share_question q = question(x);
    struct wanted w = { .n = 0 };
    json_t *found = NULL;
    if (x->uscc.n == 0 || x->b.row.state != CASE_DRAFT)
        return;
    want(x, &w);
    if (w.n == 0)
        return;
    share_ask_library(&q, w.names, w.n_names, &found, r);
    json_t *items = certificates_for(x);
    for (size_t i = 0; i < w.n; i++) {
        json_t *state = certificate_state(x, w.list[i], found);
        const char *code = w.list[i]->code.p;
        r->filled += certificate_obtained(state);
        x->changed |= !json_equal(state, json_object_get(items, code));
        json_put(items, code, state);
    }
    if (r->status == SOURCE_OK && r->filled == 0)
        r->status = SOURCE_NOT_FOUND;
    json_decref(found);
}

/* ---- keeping ---- */

struct keep { struct case_row row; struct form_row form; struct prefill_row from; };

static int keep_tx(struct db_conn *c, void *ctx, struct err *e)
{
    struct keep *k = ctx;
    int rc = case_update(c, &k->row, e);
    if (rc == 0)
        rc = form_put(c, k->row.id, &k->form, e);
    return rc == 0 ? prefill_put(c, k->row.id, &k->from, e) : rc;
}

static int keep(struct run *x, struct err *e)
{
    const struct bundle *b = &x->b;
    struct keep k = { .row = b->row };
    k.row.version++;
    k.row.updated_at = x->cmd->now;
    if (b->row.state == CASE_DRAFT)
        draft_show_in_row(&k.row, b->values);
    k.form = (struct form_row){ json_dump(x->arena, b->values, true),
                                json_dump(x->arena, b->commitments, true),
                                b->draft ? json_dump(x->arena, b->draft, true) : SV(""), SV("") };
    k.from = (struct prefill_row){ json_dump(x->arena, b->marks, true),
                                   json_dump(x->arena, b->certificates, true) };
    return db_write(x->app->db, keep_tx, &k, e);
}

/* While a correction is answered its values stand apart from the sent ones. */
static void start_draft(struct bundle *b)
{
    if (b->row.state != CASE_DRAFT && !b->draft)
        b->draft = json_deep_copy(b->values);
}

static int look(struct run *x, int64_t case_id, struct err *e)
{
    struct bundle *b = &x->b;
    int rc = draft_open_own(x->app, x->cmd, case_id, WITH_ITEMS | WITH_FORM | WITH_CORRECTION,
                            x->arena, b, e);
    if (rc == 0)
        rc = command_match(x->cmd, b->row.version, e);
    if (rc == 0 && !bundle_editable(b))
        rc = err_refuse(e, "state", "办件正在办理，现在不能修改；收到补正通知后可以修改");
    if (rc == 0)
        rc = bundle_resolve(b, x->arena, e);
    if (rc == 0)
        start_draft(b);
    return rc;
}

int prefill_case(struct app *app, const struct command *cmd, int64_t case_id,
                 const struct prefill_wish *wish, struct arena *a,
                 struct source_report reports[PREFILL_KINDS], struct err *e)
{
    struct run x = { .app = app, .cmd = cmd, .arena = a, .reports = reports,
                     .today = date_of_ms(cmd->now) };
    for (int k = 0; k < PREFILL_KINDS; k++)
        reports[k] = (struct source_report){ .kind = (enum prefill_kind)k,
                                             .status = SOURCE_SKIPPED, .text = SV("") };
    int rc = look(&x, case_id, e);
    if (rc == 0)
        rc = find_uscc(&x, wish->uscc, e);
    if (rc == 0 && x.uscc.n)
        rc = db_write(app->db, count_tx, &x, e);
    if (rc == 0)
        rc = ask_own(&x, e);
    if (rc == 0) {
        if (!wish->materials_only)
            fill(&x);
        obtain(&x);
        for (int k = 0; k < PREFILL_KINDS; k++)
            if (!wish->materials_only || k == PREFILL_LIBRARY)
                report_text(&reports[k], a);
        warn_standing(&x);
    }
    if (rc == 0 && x.changed)
        rc = keep(&x, e);
    json_decref(x.enterprise.values);
    own_done(&x.own);
    bundle_done(&x.b);
    return rc;
}

/* ---- a new draft ---- */

int prefill_first(struct app *app, const struct command *cmd, const struct case_row *row,
                  const struct guide_result *g, const json_t *answers, struct arena *a,
                  json_t *values, struct prefill_row *out, struct err *e)
{
    struct own_question q = { app, cmd->actor, row, SV(""), date_of_ms(cmd->now), a };
    struct own_answer own;
    struct form form;
    *out = (struct prefill_row){ SV(""), SV("{}") };
    int rc = own_read(&q, &own, e);
    if (rc == 0 && own.n > 0) {
        json_t *marks = json_object(), *fresh = json_object();
        const struct permit_type **types = arena_array(a, g->n_permits, sizeof *types);
        for (size_t i = 0; i < g->n_permits; i++)
            types[i] = g->permits[i].permit;
        form_build(app->catalog, types, g->n_permits, a, &form);
        prefill_fill(&form, values, answers, own.sources, own.n, q.today, fresh);
        keep_marks(marks, fresh, values, a);
        if (json_object_size(marks))
            out->marks = json_dump(a, marks, true);
        json_decref(marks);
        json_decref(fresh);
    }
    own_done(&own);
    return rc;
}
