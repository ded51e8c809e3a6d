/* versions: see versions.h. */
#include "service/versions.h"

#include "service/register.h"

/* Ten characters of Crockford's base32: 50 random bits, typable, not guessable. */
struct sv version_short_id(struct arena *a)
{
    static const char alphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    unsigned char r[10];
    char *out = arena_alloc(a, sizeof r + 1);
    random_bytes(r, sizeof r);
    for (size_t i = 0; i < sizeof r; i++)
        out[i] = alphabet[r[i] & 31];
    return sv_make(out, sizeof r);
}

static int fold_rows(const struct permit_event_row *rows, size_t n, struct arena *a,
                     struct licence_fold *out, struct err *e)
{
    struct permit_event *events = arena_array(a, n, sizeof *events);
    for (size_t i = 0; i < n; i++)
        events[i] = (struct permit_event){
            .act = rows[i].act, .permit = rows[i].permit_id, .on = rows[i].effective_on,
            .number = rows[i].number, .valid_from = rows[i].valid_from,
            .valid_until = rows[i].valid_until, .no_end = rows[i].valid_until == DATE_NONE,
            .holder = rows[i].holder, .person = rows[i].person, .address = rows[i].address,
        };
    return licence_fold(events, n, a, out, e);
}

static const struct permit_row *row_of(const struct permit_row *permits, size_t n, int64_t id)
{
    for (size_t i = 0; i < n; i++)
        if (permits[i].id == id)
            return &permits[i];
    return NULL;
}

/* What the face does not list any more, so that nobody wonders. */
static struct sv note_of(const struct version_base *base, const struct licence_fold *f,
                         const struct permit_row *permits, size_t n, struct arena *a)
{
    struct buf text;
    size_t ended = 0;
    buf_init(&text, 4096);
    buf_sv_add(&text, base->note);
    for (size_t i = 0; i < f->n_permits; i++) {
        const struct permit_row *row = row_of(permits, n, f->permits[i].id);
        if (licence_lists(&f->permits[i]) || !row)
            continue;
        buf_str(&text, ended++ ? "、" : text.n ? "；不再列明：" : "不再列明：");
        buf_fmt(&text, "%.*s（%s）", (int)row->name.n, row->name.p,
                permit_state_text(f->permits[i].state));
    }
    struct sv out = arena_sv(a, buf_sv(&text));
    buf_done(&text);
    return out;
}

static void list_permits(struct payload *p, const struct licence_fold *f,
                         const struct permit_row *permits, size_t n, struct arena *a)
{
    p->permits = arena_array(a, f->n_permits, sizeof *p->permits);
    for (size_t i = 0; i < f->n_permits; i++) {
        const struct licence_permit *x = &f->permits[i];
        const struct permit_row *row = row_of(permits, n, x->id);
        if (licence_lists(x) && row)
            p->permits[p->n_permits++] = (struct payload_permit){
                row->name, x->number, row->department_name, x->granted_on, x->valid_until,
                row->status_index };
    }
}

int version_compose(const struct version_base *base, const struct permit_row *permits,
                    size_t n_permits, const struct permit_event_row *events, size_t n_events,
                    struct arena *a, struct version *out, struct err *e)
{
    struct licence_fold f;
    struct buf carried;
    int rc = fold_rows(events, n_events, a, &f, e);
    if (rc != 0)
        return rc;
    bool live = f.n_valid > 0;
    struct licence_row *row = &out->row;
    out->industry_name = base->industry_name;
    out->keys = base->keys;
    *row = (struct licence_row){
        .number = base->number, .version = base->version, .current = true,
        .state = live ? SV("valid") : SV("void"), .case_id = base->case_id,
        .short_id = base->short_id, .status_index = base->status_index, .uscc = base->uscc,
        .holder = live ? f.holder : base->holder, .person = live ? f.person : base->person,
        .address = live ? f.address : base->address, .industry = base->industry,
        .region = base->region, .issuer = base->issuer, .issued_on = date_of_ms(base->at),
        .issued_at = base->at, .expires_on = f.expires_on, .permits_valid = (int64_t)f.n_valid,
        .ended_note = note_of(base, &f, permits, n_permits, a),
        .ended_on = live ? DATE_NONE : date_of_ms(base->at),
    };
    out->content = (struct payload){
        .format = base->format, .status_index = base->format == 1 ? -1 : base->status_index,
        .key_id = base->key_id, .number = row->number, .version = row->version,
        .short_id = row->short_id, .region = row->region, .industry = base->industry_name,
        .holder = row->holder, .uscc = row->uscc, .person = row->person,
        .address = row->address, .issuer = row->issuer, .issued = row->issued_on,
        .issued_at = row->issued_at,
    };
    list_permits(&out->content, &f, permits, n_permits, a);
    buf_init(&carried, PAYLOAD_MAX_BYTES);
    rc = payload_encode(&out->content, &carried, e);
    out->carried = arena_sv(a, buf_sv(&carried));
    buf_done(&carried);
    return rc;
}

int version_sign(struct version *v, struct arena *a, struct err *e)
{
    struct payload_carried c = { .format = v->content.format, .bytes = v->carried };
    struct buf signed_bytes, text;
    buf_init(&signed_bytes, PAYLOAD_MAX_BYTES + 64);
    buf_init(&text, PAYLOAD_MAX_TEXT);
    payload_to_sign(c.format, c.bytes, &signed_bytes);
    int rc = sm2_sign(v->keys->signer, buf_sv(&signed_bytes), c.sig, e);
    if (rc == 0) {
        payload_text(&c, &text);
        v->row.payload = arena_sv(a, buf_sv(&text));
        if (!buf_ok(&text))
            rc = err_set(e, ERR_TOO_LARGE, "证照内容超过二维码容量");
    }
    buf_done(&signed_bytes);
    buf_done(&text);
    return rc;
}

static void put_sm3(json_t *o, const char *key, struct sv bytes)
{
    struct sm3_hash h;
    char hex[65];
    sm3(bytes, &h);
    sm3_hex(&h, hex);
    json_put_sv(o, key, sv_of(hex));
}

json_t *version_body(const struct version *v)
{
    json_t *o = json_object();
    json_put_sv(o, "licence", v->row.number);
    json_put_i64(o, "version", v->row.version);
    put_sm3(o, "payload", v->row.payload);
    put_sm3(o, "carried", v->carried);
    json_put_sv(o, "short", v->row.short_id);
    json_put_i64(o, "format", v->content.format);
    json_put_i64(o, "status", v->row.status_index);
    json_put_sv(o, "key", v->content.key_id);
    json_put_i64(o, "issued_at", v->row.issued_at);
    json_put_sv(o, "state", v->row.state);
    if (v->row.ended_note.n)
        json_put_sv(o, "ended_note", v->row.ended_note);
    return o;
}

int version_write(struct db_conn *c, struct version *v, int64_t ledger_seq, struct err *e)
{
    int rc = 0;
    v->row.ledger_seq = ledger_seq;
    if (v->row.version > 1)
        rc = licence_supersede(c, v->row.number, v->row.version - 1, v->row.issued_on, e);
    if (rc == 0)
        rc = licence_insert(c, &v->row, e);
    if (rc == 0)
        rc = register_keep(c, v->row.number, e);
    return rc == 0 && (v->row.version > 1 || v->row.ended_on != DATE_NONE) ? status_changed(c, e)
                                                                           : rc;
}

struct sv version_industry(const struct licence_row *l, struct arena *a)
{
    struct payload_carried carried;
    struct payload p;
    struct err quiet;
    err_init(&quiet, a);
    if (payload_split(l->payload, &carried, &quiet) == 0 &&
        payload_decode(&carried, a, &p, &quiet) == 0)
        return p.industry;
    return l->industry;
}

int version_next(struct app *app, struct db_conn *c, const struct licence_row *current, int64_t now,
                 struct arena *a, struct version_base *out, struct err *e)
{
    const struct key_ring *keys = app_keys(app);
    *out = (struct version_base){
        .format = PAYLOAD_FORMAT, .number = current->number, .version = current->version + 1, .case_id = current->case_id,
        .short_id = version_short_id(a), .uscc = current->uscc, .region = current->region,
        .industry = current->industry, .industry_name = version_industry(current, a),
        .issuer = current->issuer, .holder = current->holder, .person = current->person,
        .address = current->address, .keys = keys,
        .key_id = sv_of(keys->current->id), .at = now,
    };
    return status_index_draw(app, c, &out->status_index, e);
}
