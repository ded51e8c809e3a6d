/* bundle: see bundle.h. */
#include "service/bundle.h"

#include "service/about.h"
#include "service/prefill.h"
#include "store/prefill_store.h"

static json_t *parse_kept(struct sv text)
{
    json_t *v = text.n ? json_parse(text, NULL) : NULL;
    return v ? v : json_object();
}

static int load_form(struct db_conn *c, struct arena *a, struct bundle *b, struct err *e)
{
    struct form_row form = { SV("{}"), SV("{}"), SV(""), SV("") };
    struct prefill_row from = { SV(""), SV("") };
    int rc = form_find(c, b->row.id, a, &form, e);
    if (rc >= 0)
        rc = prefill_find(c, b->row.id, a, &from, e);
    b->values = parse_kept(form.body);
    b->commitments = parse_kept(form.commitments);
    b->draft = form.draft.n ? parse_kept(form.draft) : NULL;
    b->before = form.before.n ? parse_kept(form.before) : NULL;
    b->marks = parse_kept(from.marks);
    b->certificates = parse_kept(from.certificates);
    return rc;
}

static int load_correction(struct db_conn *c, struct arena *a, struct bundle *b, struct err *e)
{
    int rc = correction_latest(c, b->row.id, a, &b->correction, e);
    if (rc <= 0)
        return rc;
    b->has_correction = true;
    return entry_list(c, b->correction.id, a, &b->entries, &b->n_entries, e);
}

static int load_visits(struct db_conn *c, struct arena *a, struct bundle *b, struct err *e)
{
    int rc = visit_list(c, b->row.id, a, &b->visits, &b->n_visits, e);
    return rc < 0 ? rc : part_list(c, b->row.id, a, &b->parts, &b->n_parts, e);
}

/* What stands in the way of a decision beside the item itself: promises and bans. */
static int load_promises(struct db_conn *c, struct arena *a, struct bundle *b, struct err *e)
{
    int rc = commitment_list(c, b->row.id, a, &b->commitment_rows, &b->n_commitments, e);
    if (rc < 0 || b->row.uscc.n == 0 || b->row.submitted_at == 0)
        return rc;
    return ban_list(c, b->row.uscc, date_of_ms(b->row.submitted_at), a, &b->bans, &b->n_bans, e);
}

/* What earlier papers said: every correction, and the forms before each answer. */
static int load_rounds(struct db_conn *c, struct arena *a, struct bundle *b, struct err *e)
{
    struct correction_row *rows;
    int rc = form_version_list(c, b->row.id, a, &b->versions, &b->n_versions, e);
    if (rc >= 0)
        rc = correction_list(c, b->row.id, a, &rows, &b->n_rounds, e);
    if (rc < 0)
        return rc;
    b->rounds = arena_array(a, b->n_rounds + 1, sizeof *b->rounds);
    for (size_t k = 0; rc >= 0 && k < b->n_rounds; k++) {
        b->rounds[k].row = rows[k];
        rc = entry_list(c, rows[k].id, a, &b->rounds[k].entries, &b->rounds[k].n, e);
    }
    return rc;
}

static int load_process(struct db_conn *c, struct arena *a, struct bundle *b, struct err *e)
{
    int64_t id = b->row.id;
    int rc = clock_event_list(c, id, a, &b->events, &b->n_events, e);
    if (rc >= 0)
        rc = special_list(c, id, a, &b->specials, &b->n_specials, e);
    if (rc >= 0)
        rc = hearing_list(c, id, a, &b->hearings, &b->n_hearings, e);
    if (rc >= 0)
        rc = extension_list(c, id, a, &b->extensions, &b->n_extensions, e);
    if (rc >= 0)
        rc = delivery_list(c, id, a, &b->deliveries, &b->n_deliveries, e);
    if (rc >= 0)
        rc = photo_list(c, id, a, &b->photos, &b->n_photos, e);
    if (rc >= 0)
        rc = form_version_latest(c, id, a, &b->version, e);
    b->has_version = rc == 1;
    return rc < 0 ? rc : load_rounds(c, a, b, e);
}

static int load_parts(struct db_conn *c, unsigned parts, struct arena *a, struct bundle *b,
                      struct err *e)
{
    int64_t id = b->row.id;
    int rc = 0;
    if (parts & WITH_ITEMS)
        rc = item_list_case(c, id, a, &b->items, &b->n_items, e);
    if (rc >= 0 && (parts & WITH_FORM))
        rc = load_form(c, a, b, e);
    if (rc >= 0 && (parts & WITH_FILES))
        rc = attachment_list(c, id, a, &b->files, &b->n_files, e);
    if (rc >= 0 && (parts & WITH_CORRECTION))
        rc = load_correction(c, a, b, e);
    if (rc >= 0 && (parts & WITH_VISITS))
        rc = load_visits(c, a, b, e);
    if (rc >= 0 && (parts & WITH_COMMITMENTS))
        rc = load_promises(c, a, b, e);
    if (rc >= 0 && (parts & WITH_PROCESS))
        rc = load_process(c, a, b, e);
    if (rc >= 0 && (parts & WITH_TIMELINE))
        rc = ledger_timeline(c, id, -1, a, &b->timeline, &b->n_timeline, e);
    if (rc >= 0 && (parts & WITH_PERMITS))
        rc = permit_list_case(c, id, a, &b->permits, &b->n_permits, e);
    if (rc >= 0 && b->n_permits)
        rc = permit_events_case(c, id, a, &b->permit_events, &b->n_permit_events, e);
    if (rc >= 0 && (parts & WITH_PERMITS) && b->row.licence_number.n)
        rc = licence_status_find(c, b->row.licence_number, &b->licence, e);
    if (rc >= 0 && (parts & WITH_TIMELINE) && b->row.clerk_id) {
        struct user_row clerk;
        rc = user_find(c, b->row.clerk_id, a, &clerk, e);
        if (rc == 1)
            b->clerk_name = clerk.name;
    }
    return rc < 0 ? rc : 0;
}

int bundle_load(struct app *app, struct db_conn *c, int64_t case_id, unsigned parts,
                struct arena *a, struct bundle *out, struct err *e)
{
    *out = (struct bundle){ 0 };
    int rc = case_find(c, case_id, a, &out->row, e);
    if (rc <= 0)
        return rc;
    out->answers = parse_kept(out->row.answers);
    rc = load_parts(c, parts, a, out, e);
    if (rc < 0)
        return rc;
    out->catalog = app_catalog(app, c, out->row.catalog_version, e);
    if (!out->catalog)
        return ERR_CORRUPT;
    out->industry = catalog_industry(out->catalog, out->row.industry);
    return out->industry ? 1 : err_set(e, ERR_CORRUPT, "办件所用目录中没有该行业");
}

struct open_ctx { struct app *app; int64_t id; unsigned parts; struct arena *arena;
                  struct bundle *out; };

static int open_in_snapshot(struct db_conn *c, void *ctx, struct err *e)
{
    struct open_ctx *o = ctx;
    return bundle_load(o->app, c, o->id, o->parts, o->arena, o->out, e);
}

int bundle_open(struct app *app, const struct actor *actor, int64_t case_id, unsigned parts,
                struct arena *a, struct bundle *out, struct err *e)
{
    struct open_ctx o = { app, case_id, parts, a, out };
    int rc = db_read(app->db, open_in_snapshot, &o, e);
    if (rc < 0)
        return rc;
    if (rc == 0 || !case_visible(out->catalog, actor, &out->row))
        return err_set(e, ERR_NOT_FOUND, "没有找到这个办件，或您无权查看");
    return 0;
}

int bundle_open_for_reviewer(struct app *app, const struct actor *actor, int64_t case_id,
                             unsigned parts, struct arena *a, struct bundle *out, struct err *e)
{
    struct open_ctx o = { app, case_id, parts | WITH_ITEMS, a, out };
    bool mine = false;
    int rc = db_read(app->db, open_in_snapshot, &o, e);
    for (size_t i = 0; rc == 1 && i < out->n_items; i++)
        mine |= sv_eq(out->items[i].department, actor->department);
    if (rc < 0)
        return rc;
    return mine ? 0 : err_set(e, ERR_NOT_FOUND, "没有找到这个办件，或您无权查看");
}

void bundle_done(struct bundle *b)
{
    json_decref(b->answers);
    json_decref(b->values);
    json_decref(b->commitments);
    json_decref(b->draft);
    json_decref(b->before);
    json_decref(b->marks);
    json_decref(b->certificates);
    json_decref(b->shared);
    json_decref(b->guide.prefill);
    b->answers = b->values = b->commitments = b->draft = b->before = b->guide.prefill = NULL;
    b->marks = b->certificates = b->shared = NULL;
}

static int types_of_items(struct bundle *b, struct arena *a, struct err *e)
{
    b->types = arena_array(a, b->n_items, sizeof *b->types);
    for (size_t i = 0; i < b->n_items; i++) {
        b->types[i] = catalog_permit(b->catalog, b->items[i].permit);
        if (!b->types[i])
            return err_set(e, ERR_CORRUPT, "办件所用目录中没有该许可事项");
    }
    b->n_types = b->n_items;
    return 0;
}

static void types_of_guide(struct bundle *b, struct arena *a)
{
    b->types = arena_array(a, b->guide.n_permits, sizeof *b->types);
    b->n_types = b->guide.n_permits;
    for (size_t i = 0; i < b->guide.n_permits; i++)
        b->types[i] = b->guide.permits[i].permit;
}

int bundle_resolve(struct bundle *b, struct arena *a, struct err *e)
{
    int rc;
    if (b->row.submitted_at) {
        rc = types_of_items(b, a, e);
    } else {
        rc = guide_run(b->catalog, b->industry, b->answers, NULL, a, &b->guide, e);
        if (rc == 0 && b->row.of_licence.n)
            rc = about_types(b, a, e);
        else
            types_of_guide(b, a);
    }
    if (rc == 0) {
        form_build(b->catalog, b->types, b->n_types, a, &b->form);
        json_decref(b->shared);
        b->form.shared = b->shared = certificates_shared(b);
    }
    return rc;
}

bool case_owned(const struct actor *actor, const struct case_row *row)
{
    if (actor->role == ROLE_APPLICANT)
        return row->applicant_id == actor->id;
    return actor->role == ROLE_CLERK && row->hall.n && sv_eq(row->hall, actor->hall);
}

bool case_visible(const struct catalog *c, const struct actor *actor, const struct case_row *row)
{
    if (actor->role == ROLE_BUREAU || actor->role == ROLE_GOVERNMENT)
        return row->state != CASE_DRAFT && region_covers(c, actor->region, row->region);
    return case_owned(actor, row);
}

bool bundle_editable(const struct bundle *b)
{
    return b->row.state == CASE_DRAFT ||
           (b->has_correction && sv_is(b->correction.state, "issued"));
}

struct case_facts bundle_facts(const struct bundle *b)
{
    struct case_facts f = { .submitted = b->row.submitted_at != 0,
                            .issued = b->row.issued_at != 0,
                            .archived = b->row.state == CASE_ARCHIVED }; /* for good */
    for (size_t i = 0; i < b->n_items; i++)
        f.count[b->items[i].state]++;
    return f;
}

void bundle_derive(struct bundle *b, int64_t now)
{
    struct case_facts f = bundle_facts(b);
    b->row.state = case_derive(&f);
    b->row.n_items = (int64_t)b->n_items;
    b->row.n_open = 0;
    for (size_t i = 0; i < b->n_items; i++)
        b->row.n_open += item_open(b->items[i].state);
    if (b->row.submitted_at && b->row.n_open == 0 && !b->row.closed_at)
        b->row.closed_at = now;
    b->row.updated_at = now;
    b->row.version++;
}

/* The limits of the clock that an item's timer runs. */
static void limits_of(const struct item_row *i, const struct permit_type *p, int64_t *promised,
                      int64_t *statutory)
{
    bool decision = i->timer.clock == CLOCK_DECISION && p;
    *promised = decision ? p->promised_days : 0;
    *statutory = decision ? p->statutory_days : SILENCE_DAYS;
}

/* Not our time: until when the applicant, or the special procedure, has been given. */
static void their_clock(const struct app *app, const struct bundle *b, const struct item_row *i,
                        int32_t today, struct law_clock *out)
{
    const struct calendar *c = app_calendar(app, i->region);
    bool applicant = i->timer.holder == HOLDER_APPLICANT;
    int32_t due = applicant ? b->correction.due_on : i->special_due;
    law_clock_run(c, applicant ? CLOCK_APPLICANT : CLOCK_SPECIAL, i->timer.since, 0,
                  calendar_count(c, i->timer.since, due), today, out);
}

void item_clock(const struct app *app, const struct bundle *b, const struct item_row *i,
                int32_t today, struct law_clock *out)
{
    const struct permit_type *p = catalog_permit(b->catalog, i->permit);
    int64_t promised, statutory;
    limits_of(i, p, &promised, &statutory);
    if (i->timer.holder == HOLDER_APPLICANT || i->timer.holder == HOLDER_SPECIAL)
        their_clock(app, b, i, today, out);
    else
        timer_clock(&i->timer, app_calendar(app, i->region),
                    i->timer.clock == CLOCK_DECISION ? i->accepted_on : i->received_on, promised,
                    statutory, today, out);
}

void case_joint_clock(const struct app *app, const struct case_row *row, int32_t today,
                      struct law_clock *out)
{
    timer_clock(&row->joint, app_calendar(app, row->region), row->joint_started_on, 0, JOINT_DAYS,
                today, out);
}

void item_set_clock(const struct app *app, const struct bundle *b, struct item_row *i)
{
    const struct calendar *c = app_calendar(app, i->region);
    const struct permit_type *p = catalog_permit(b->catalog, i->permit);
    int64_t promised, statutory;
    i->due_on = i->yellow_on = DATE_NONE;
    if (i->timer.holder == HOLDER_SPECIAL || i->timer.holder == HOLDER_APPLICANT) {
        i->due_on = i->timer.holder == HOLDER_SPECIAL ? i->special_due : b->correction.due_on;
        i->yellow_on = law_yellow_on(c, i->due_on, calendar_count(c, i->timer.since, i->due_on));
    }
    if (i->timer.holder != HOLDER_OURS)
        return;
    limits_of(i, p, &promised, &statutory);
    int64_t limit = law_limit(promised, statutory);
    i->due_on = timer_due(&i->timer, c, limit);
    limit += i->timer.extended;
    /* The stricter of both shows the signal. */
    if (i->timer.clock == CLOCK_DECISION && b->row.joint_due_on != DATE_NONE &&
        b->row.joint_due_on < i->due_on) {
        i->due_on = b->row.joint_due_on;
        limit = JOINT_DAYS + b->row.joint.extended;
    }
    i->yellow_on = law_yellow_on(c, i->due_on, limit);
}

const struct special_row *bundle_special(const struct bundle *b, int64_t id)
{
    for (size_t k = 0; k < b->n_specials; k++)
        if (b->specials[k].id == id)
            return &b->specials[k];
    return NULL;
}

struct hearing_row *bundle_hearing(const struct bundle *b, int64_t item_id)
{
    for (size_t k = 0; k < b->n_hearings; k++)
        if (b->hearings[k].item_id == item_id)
            return &b->hearings[k];
    return NULL;
}

struct visit_row *bundle_visit(const struct bundle *b)
{
    for (size_t k = b->n_visits; k-- > 0;)
        if (b->visits[k].state != VISIT_CANCELLED)
            return &b->visits[k];
    return NULL;
}

struct part_row *bundle_part(const struct bundle *b, int64_t visit_id, int64_t item_id)
{
    for (size_t k = 0; k < b->n_parts; k++)
        if (b->parts[k].visit_id == visit_id && b->parts[k].item_id == item_id)
            return &b->parts[k];
    return NULL;
}

const struct ban_row *bundle_ban(const struct bundle *b, struct sv permit, int32_t on)
{
    for (size_t k = 0; k < b->n_bans; k++)
        if (sv_eq(b->bans[k].permit, permit) && b->bans[k].from <= on && on <= b->bans[k].until)
            return &b->bans[k];
    return NULL;
}

struct sv item_digest(const struct bundle *b, const struct permit_type *p, struct arena *a)
{
    json_t *seen = form_values_for(&b->form, p, b->values);
    struct buf text;
    struct sm3_hash h;
    char hex[65];
    buf_init(&text, (size_t)16 << 20);
    json_write(&text, seen, true);
    for (size_t i = 0; i < b->n_files; i++)
        if (form_asks(p, b->files[i].material)) {
            buf_byte(&text, '\n');
            buf_sv_add(&text, b->files[i].material);
            buf_byte(&text, ' ');
            buf_sv_add(&text, b->files[i].sm3);
        }
    certificates_digest(b, p, &text);
    sm3(buf_sv(&text), &h);
    sm3_hex(&h, hex);
    buf_done(&text);
    json_decref(seen);
    return arena_sv(a, sv_of(hex));
}

bool bundle_file_unsent(const struct bundle *b, const struct attachment_row *f)
{
    return b->has_correction && sv_is(b->correction.state, "issued") &&
           f->created_at >= b->correction.issued_at;
}

json_t *bundle_have(const struct bundle *b)
{
    json_t *have = json_object();
    for (size_t i = 0; i < b->n_files; i++) {
        const char *code = b->files[i].material.p;
        json_put_i64(have, code, json_i64(have, code, 0) + 1);
    }
    return have;
}

struct sv bundle_value(const struct bundle *b, const char *code)
{
    return json_sv(b->values, code);
}
