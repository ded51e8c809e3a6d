/* bench-log: the public register at a million entries against looking up a primary key, and checking a log of a million
 * acts against hashing as many of the same length: each pair measured in one run, on one machine, of the same data.
 *
 * The register is filled with made-up shops (names of 2 to 4 syllables, three districts, three hundred streets); the log
 * with cases of one item each (submitted, accepted, denied), so that every check of `yizheng log verify` has something to do.
 */
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>

#include "service/ledger.h"
#include "service/register.h"
#include "store/register_store.h"
#include "sys/clock.h"
#include "sys/ids.h"

enum { FILL = 5000, QUERIES = 4000, ROUNDS = 3, BODY = 300 };

static uint64_t seed = 7;

static size_t pick(size_t n)
{
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return (size_t)(seed >> 33) % n;
}

/* ---- the register ---- */

static const char *const DISTRICTS[] = { "海勃湾区", "海南区", "乌达区" };
static const char *const CODES[] = { "150302", "150303", "150304" };
static const char *const TRADES[] = { "餐饮服务", "便利超市", "宾馆", "大药房", "洗浴中心", "火锅店", "烘焙坊", "网吧" };
static const char *const FORMS[] = { "有限公司", "有限责任公司", "店", "（个体工商户）", "中心" };

/* One of some two thousand characters that names are made of. */
static void put_character(struct buf *b)
{
    uint32_t c = 0x4e00 + (uint32_t)pick(2000) * 9;
    buf_byte(b, (unsigned char)(0xe0 | c >> 12));
    buf_byte(b, (unsigned char)(0x80 | (c >> 6 & 63)));
    buf_byte(b, (unsigned char)(0x80 | (c & 63)));
}

static void make_shop(int64_t i, struct arena *a, struct register_row *row, struct sv *grams)
{
    size_t d = pick(3);
    struct buf name, street;
    buf_init(&name, 256);
    buf_init(&street, 256);
    buf_fmt(&name, "乌海市%s", DISTRICTS[d]);
    for (size_t k = 2 + pick(3); k > 0; k--)
        put_character(&name);
    buf_fmt(&name, "%s%s", TRADES[pick(8)], FORMS[pick(5)]);
    uint64_t kept = seed;
    seed = pick(300); /* the street decides its name */
    put_character(&street);
    put_character(&street);
    seed = kept;
    struct licence_row l = {
        .number = arena_printf_sv(a, "WHZH150302%02lld2026%07lld", (long long)(i % 14), (long long)i),
        .version = 1, .state = i % 11 ? SV("valid") : SV("void"), .holder = buf_sv(&name),
        .uscc = arena_printf_sv(a, "91150302MA%08lld", (long long)i),
        .address = arena_printf_sv(a, "内蒙古自治区乌海市%s%s路%zu号%zu栋底商", DISTRICTS[pick(3)],
                                   street.p, pick(400), pick(30)),
        .industry = arena_printf_sv(a, "I%02zu", 1 + pick(14)), .region = sv_of(CODES[d]),
        .issuer = SV("海勃湾区行政审批和政务服务局"), .issued_on = 20700, .expires_on = 30000,
        .ended_on = DATE_NONE, .short_id = arena_printf_sv(a, "B%09lld", (long long)i),
        .payload = SV(""), .ledger_seq = i,
    };
    struct permit_row permit = { .name = SV("食品经营许可证"), .number = SV("JY11503020000018"),
                                 .department_name = SV("海勃湾区市场监督管理局"),
                                 .state = SV("valid"), .valid_from = 20700, .valid_until = 30000 };
    register_compose(&l, 20700, &permit, 1, a, row, grams);
    row->holder = arena_sv(a, row->holder);
    buf_done(&name);
    buf_done(&street);
}

struct fill { int64_t from, to; };

static int fill_tx(struct db_conn *c, void *ctx, struct err *e)
{
    const struct fill *f = ctx;
    struct arena *a = arena_new();
    int rc = 0;
    for (int64_t i = f->from; rc >= 0 && i < f->to; i++) {
        struct register_row row = { 0 };
        struct sv grams;
        arena_reset(a);
        make_shop(i, a, &row, &grams);
        rc = register_put(c, &row, grams, e);
    }
    arena_free(a);
    return rc;
}

struct times { int64_t us[QUERIES]; size_t n; };

static int by_us(const void *a, const void *b)
{
    const int64_t *x = a, *y = b;
    return *x < *y ? -1 : *x > *y;
}

static double percentile(struct times *t, size_t hundredths)
{
    qsort(t->us, t->n, sizeof *t->us, by_us);
    return (double)t->us[t->n * hundredths / 100 < t->n ? t->n * hundredths / 100 : t->n - 1] / 1000;
}

/* Some characters out of a name, as people type them: its middle, its end, two words, all of it with a mistake. */
static struct sv typed(const struct register_row *r, size_t kind, struct arena *a)
{
    struct sv own = sv_skip(r->holder, r->holder.n > 30 ? 18 : 9);
    switch (kind % 8) {
    case 0: return sv_make(own.p, own.n >= 12 ? 12 : own.n);
    case 1: return r->holder;
    case 2: return arena_printf_sv(a, "%.*s %.*s", 6, own.p, 12, r->address.p + 18);
    case 3: return r->uscc;
    case 4: return arena_printf_sv(a, "%.*s错%s", (int)(r->holder.n / 6 * 3), r->holder.p,
                                   r->holder.p + r->holder.n / 6 * 3 + 3);
    case 5: return sv_make(r->address.p + 18, r->address.n > 48 ? 30 : 18);
    case 6: return SV("乌海市餐饮有限公司");
    default: return sv_make(own.p, 6);
    }
}

struct read_ctx { int64_t id; struct arena *arena; struct register_row *rows; size_t n; };

static int read_tx(struct db_conn *c, void *ctx, struct err *e)
{
    struct read_ctx *x = ctx;
    return register_scan(c, x->id, 1, x->arena, &x->rows, &x->n, e);
}

static int care_tx(struct db_conn *c, void *ctx, struct err *e)
{
    (void)ctx;
    return register_care(c, 200, e);
}

static int last_tx(struct db_conn *c, void *ctx, struct err *e)
{
    return register_last(c, ctx, e);
}

/* Bare SQLite: prepare once, look one primary key up, read its columns. */
static void measure_raw(const char *file, int64_t n, struct times *out)
{
    sqlite3 *db;
    sqlite3_stmt *s;
    if (sqlite3_open_v2(file, &db, SQLITE_OPEN_READONLY, NULL) != SQLITE_OK ||
        sqlite3_prepare_v2(db, "SELECT * FROM register_entry WHERE id = ?1", -1, &s, NULL) != SQLITE_OK)
        abort();
    for (out->n = 0; out->n < QUERIES; out->n++) {
        int64_t begin = clock_monotonic_us();
        sqlite3_bind_int64(s, 1, 1 + (int64_t)pick((size_t)n));
        if (sqlite3_step(s) == SQLITE_ROW)
            for (int k = 0; k < sqlite3_column_count(s); k++)
                sqlite3_column_text(s, k);
        sqlite3_reset(s);
        out->us[out->n] = clock_monotonic_us() - begin;
    }
    sqlite3_finalize(s);
    sqlite3_close(db);
}

static void measure_search(struct app *app, int64_t n, struct times *out, size_t kind, struct err *e)
{
    size_t empty = 0;
    for (out->n = 0; out->n < QUERIES / (kind < 8 ? 8 : 1); out->n++) {
        struct arena *a = arena_new();
        struct read_ctx one = { .id = (int64_t)pick((size_t)n), .arena = a };
        struct register_page page = { 0 };
        if (db_peek(app->db, read_tx, &one, e) != 0 || one.n == 0)
            abort();
        struct register_ask ask = {
            .q = typed(&one.rows[0], kind < 8 ? kind : out->n, a), .before = INT64_MAX, .limit = 20,
            .region = pick(4) ? SV("") : one.rows[0].region };
        int64_t begin = clock_monotonic_us();
        int rc = register_search(app, &ask, a, &page, e);
        out->us[out->n] = clock_monotonic_us() - begin;
        if (rc != 0)
            fprintf(stderr, "%s\n", err_text(e));
        empty += page.n == 0;
        arena_free(a);
    }
    if (empty)
        printf("    (%zu of %zu found nothing)\n", empty, out->n);
}

static int bench_register(struct app *app, const char *file, int64_t n, struct err *e)
{
    static const char *const kinds[] = { "four characters", "whole name", "name and street", "code",
                                         "with a mistake", "address", "common words only",
                                         "two characters" };
    static struct times raw, ours;
    int64_t there = 0;
    int rc = db_peek(app->db, last_tx, &there, e);
    int64_t begin = clock_monotonic_us();
    for (int64_t i = there; rc >= 0 && i < n; i += FILL) {
        struct fill f = { i, i + FILL < n ? i + FILL : n };
        rc = db_write(app->db, fill_tx, &f, e);
        /* What the job does every half a minute. */
        if (rc >= 0 && i / FILL % 4 == 0)
            rc = db_write(app->db, care_tx, NULL, e);
    }
    if (rc < 0)
        return rc;
    if (there < n)
        printf("(g) %lld register entries written: %.0f/s\n", (long long)(n - there),
               (double)(n - there) * 1e6 / (double)(clock_monotonic_us() - begin));
    measure_search(app, n, &ours, 8, e); /* warm */
    for (int round = 0; round < ROUNDS; round++) {
        measure_raw(file, n, &raw);
        measure_search(app, n, &ours, 8, e);
        printf("(g) register of %lld: search p50 %.2f ms, p99 %.2f ms; bare SQLite, one primary key: p50 "
               "%.3f ms, p99 %.3f ms; ratio of p50 %.0f\n", (long long)n, percentile(&ours, 50),
               percentile(&ours, 99), percentile(&raw, 50), percentile(&raw, 99),
               percentile(&ours, 50) / (percentile(&raw, 50) > 0 ? percentile(&raw, 50) : 0.001));
    }
    for (size_t kind = 0; kind < 8; kind++) {
        measure_search(app, n, &ours, kind, e);
        printf("(g)   %s: p50 %.2f ms, p99 %.2f ms\n", kinds[kind], percentile(&ours, 50),
               percentile(&ours, 99));
    }
    return 0;
}

/* ---- the log ---- */

static int one_case(struct app *app, struct db_conn *c, int64_t i, struct arena *a, struct err *e)
{
    static const struct { enum act act; const char *to; } steps[] = { { ACT_ACCEPT, "accepted" },
                                                                      { ACT_DENY, "denied" } };
    struct item_row item = item_blank();
    struct case_row row = {
        .id = id_next(), .number = arena_printf_sv(a, "15030220261124%07lld", (long long)i),
        .industry = SV("I01"), .region = SV("150302"), .catalog_version = SV("bench"),
        .channel = SV("online"), .applicant_id = 1, .applicant_name = SV("示例"),
        .applicant_phone = SV("13804730000"), .answers = SV("{}"), .state = CASE_DECIDED,
        .version = 3, .holder_name = SV("示例"), .uscc = SV("92150302MA000100XC"),
        .person = SV("张三"), .address = SV("示例"), .n_items = 1, .created_at = 1,
        .updated_at = 1, .submitted_at = 1, .licence_delivered_on = DATE_NONE };
    item.id = id_next();
    item.case_id = row.id;
    item.permit = SV("P-SPJYXK");
    item.department = SV("D-HBW-SCJG");
    item.region = SV("150302");
    item.state = ITEM_DENIED;
    item.version = 3;
    item.received_on = 20700;
    item.inspection = INSPECTION_NONE;
    json_t *submit = json_pack("{s:s,s:s,s:s,s:[{s:I,s:s,s:s,s:s}],s:[]}", "number", row.number.p,
                               "industry", "I01", "region", "150302", "items", "id",
                               (json_int_t)item.id, "permit", "P-SPJYXK", "department",
                               "D-HBW-SCJG", "inspection", "none", "promised");
    struct act_entry entry = { .act = ACT_SUBMIT, .effective_on = 20700, .case_id = row.id,
                               .body = submit };
    int rc = case_insert(c, &row, e);
    if (rc == 0)
        rc = item_insert(c, &item, e);
    if (rc == 0)
        rc = ledger_append(app, c, &entry, clock_now_ms(), NULL, e);
    for (size_t k = 0; rc == 0 && k < 2; k++) {
        entry.act = steps[k].act;
        entry.item_id = item.id;
        entry.department = item.department;
        entry.body = json_pack("{s:s,s:s}", "to", steps[k].to, "reason",
                               "材料不符合法定条件：经营场所的设备布局与食品安全要求不符（示例），请整改以后重新申请。");
        rc = ledger_append(app, c, &entry, clock_now_ms(), NULL, e);
        json_decref(entry.body);
    }
    json_decref(submit);
    return rc;
}

struct log_fill { struct app *app; int64_t from, to; };

static int log_tx(struct db_conn *c, void *ctx, struct err *e)
{
    const struct log_fill *f = ctx;
    struct arena *a = arena_new();
    int rc = 0;
    for (int64_t i = f->from; rc == 0 && i < f->to; i++) {
        arena_reset(a);
        rc = one_case(f->app, c, i, a, e);
    }
    arena_free(a);
    return rc;
}

/* As many bare hashes of an act's length and of a tree node's as the log has acts: per second. */
static double bare_hashes(int64_t n)
{
    char act[BODY] = { 'a' }, node[65] = { 'n' };
    struct sm3_hash h;
    int64_t begin = clock_monotonic_us();
    for (int64_t i = 0; i < n; i++) {
        sm3(sv_make(act, sizeof act), &h);
        memcpy(node, h.b, SM3_SIZE);
        sm3(sv_make(node, sizeof node), &h);
    }
    return (double)n * 1e6 / (double)(clock_monotonic_us() - begin);
}

static int bench_log(struct app *app, int64_t acts, struct err *e)
{
    int64_t cases = acts / 3;
    int rc = 0;
    for (int64_t i = 0; rc == 0 && i < cases; i += FILL) {
        struct log_fill f = { app, i, i + FILL < cases ? i + FILL : cases };
        rc = db_write(app->db, log_tx, &f, e);
    }
    for (int round = 0; rc == 0 && round < ROUNDS; round++) {
        struct arena *a = arena_new();
        struct verify_report r;
        double bare = bare_hashes(cases * 3);
        rc = ledger_verify(app, a, NULL, &r, e);
        double chain = (double)r.acts * 1e6 / (double)(r.chain_us ? r.chain_us : 1);
        double replay = (double)r.acts * 1e6 / (double)(r.replay_us ? r.replay_us : 1);
        printf("(h) log of %lld acts: chain %.0f acts/s, replay %.0f acts/s, all %.0f acts/s; bare SM3 of a "
               "leaf and a node: %.0f/s; ratio of chain %.0f %% (%zu faults)\n", (long long)r.acts, chain,
               replay, (double)r.acts * 1e6 / (double)r.total_us, bare, 100 * chain / bare, r.n_faults);
        for (size_t i = 0; i < r.n_faults && i < 3; i++)
            printf("    %s\n", r.faults[i]);
        arena_free(a);
    }
    return rc;
}

int main(int argc, char **argv)
{
    struct arena *a = arena_new();
    struct err e;
    err_init(&e, a);
    if (argc < 2) {
        fputs("usage: bench-log DIR [ENTRIES [ACTS]]\n", stderr);
        return 2;
    }
    setvbuf(stdout, NULL, _IOLBF, 0);
    int64_t entries = argc > 2 ? atoll(argv[2]) : 1000000, acts = argc > 3 ? atoll(argv[3]) : 1000000;
    struct app_options o = { .data_dir = arena_printf(a, "%s/log", argv[1]), .readers = 2 };
    struct app *app = app_init(&o, false, &e) >= 0 ? app_open(&o, &e) : NULL;
    int rc = app ? 0 : ERR_INTERNAL;
    if (rc == 0 && acts > 0)
        rc = bench_log(app, acts, &e);
    if (rc == 0 && entries > 0)
        rc = bench_register(app, arena_printf(a, "%s/log/yizheng.db", argv[1]), entries, &e);
    if (rc < 0)
        fprintf(stderr, "%s\n", err_text(&e));
    app_close(app);
    arena_free(a);
    return rc < 0;
}
