/* archive_run: the clock archives what is complete and leaves the rest; a package made twice from the same facts
 * differs only where something is signed; a file that is gone or changed is found before anything is kept. */
#include "test.h"

#include <unistd.h>

#include "service/archive.h"
#include "service/archive_parts.h"
#include "service/archive_verify.h"
#include "service/demo.h"
#include "service/trust.h"
#include "sys/clock.h"

/* fontconfig keeps its configuration until the process ends. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
    return "leak:libfontconfig\n";
}

static struct arena *arena;
static struct err err;
static struct app *app;
static char *folder;
static int64_t now;

static int set_up(void **state)
{
    (void)state;
    arena = arena_new();
    err_init(&err, arena);
    folder = test_folder(arena);
    struct app_options o = { .data_dir = folder, .public_url = "https://zwfw.example", .readers = 2 };
    assert_int_equal(app_init(&o, true, &err), 0);
    app = app_open(&o, &err);
    assert_non_null(app);
    assert_int_equal(demo_fill(app, NULL, &err), 0);
    now = clock_now_ms();
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    app_close(app);
    test_folder_remove(folder);
    arena_free(arena);
    return 0;
}

struct ids { int64_t *ids; size_t n; bool archived; };

static int list_tx(struct db_conn *c, void *ctx, struct err *e)
{
    struct ids *x = ctx;
    struct archive_filter f = { .archived = x->archived, .before = INT64_MAX, .limit = 500 };
    return archive_list(c, &f, arena, &x->ids, &x->n, e);
}

static struct ids cases(bool archived)
{
    struct ids x = { .archived = archived };
    assert_int_equal(db_read(app->db, list_tx, &x, &err), 0);
    return x;
}

/* The first case that waits, is complete, and has an uploaded file. */
static int64_t complete_case(struct archive_case *out)
{
    struct ids waiting = cases(false);
    for (size_t i = 0; i < waiting.n; i++) {
        assert_int_equal(archive_gather(app, waiting.ids[i], now, arena, out, &err), 1);
        if (out->n_problems == 0 && out->b.n_files > 0 && out->n_versions > 0)
            return waiting.ids[i];
        archive_case_done(out);
    }
    fail_msg("no complete case in the sample data");
    return 0;
}

static void fill(struct archive_case *x)
{
    struct tree_head_row head;
    assert_true(ledger_sign_head(app, now, &err) >= 0);
    assert_int_equal(ledger_latest_head(app, arena, &head, &err), 1);
    assert_int_equal(archive_fill(x, &head, &err), 0);
}

static void test_P31_same_again(void **state)
{
    struct archive_case one, two;
    (void)state;
    int64_t id = complete_case(&one);
    fill(&one);
    assert_int_equal(archive_gather(app, id, now, arena, &two, &err), 1);
    fill(&two);
    assert_int_equal(one.n_parts, two.n_parts);
    for (size_t i = 0; i < one.n_parts; i++) {
        const struct archive_part *a = &one.parts[i], *b = &two.parts[i];
        assert_true(sv_eq(a->path, b->path) && sv_eq(a->title, b->title));
        /* A seal's signature is random, and the list of files says how long it came out. */
        if (!sv_is(a->media_type, "application/ofd") && a->piece.kind != PIECE_CONTENTS)
            assert_memory_equal(a->sm3.b, b->sm3.b, SM3_SIZE);
    }
    archive_case_done(&one);
    archive_case_done(&two);
}

/* Every required piece taken away from a real case: exactly that one is named. */
static void test_P31_each_real_piece(void **state)
{
    struct archive_case x;
    (void)state;
    complete_case(&x);
    size_t n = x.n_parts;
    for (size_t i = 0; i < n; i++) {
        struct archive_part gone = x.parts[i];
        x.parts[i] = x.parts[n - 1];
        x.n_parts = n - 1;
        archive_judge(&x);
        assert_true(x.n_problems == 1 || gone.piece.kind == PIECE_FORM_BEFORE);
        x.parts[n - 1] = x.parts[i];
        x.parts[i] = gone;
    }
    archive_case_done(&x);
}

/* The stored file is another, then none: refused with its name, and nothing was written. */
static void test_P31_damaged_file(void **state)
{
    struct archive_case x;
    struct buf kept;
    const struct command cmd = { .now = now };
    (void)state;
    int64_t id = complete_case(&x);
    const char *file = NULL;
    for (size_t i = 0; i < x.n_parts; i++)
        if (x.parts[i].piece.kind == PIECE_MATERIAL)
            file = x.parts[i].file;
    assert_non_null(file);
    buf_init(&kept, (size_t)1 << 24);
    assert_int_equal(file_read(file, &kept, &err), 0);
    kept.p[kept.n / 2] ^= 1;
    assert_int_equal(file_write_durable(file, buf_sv(&kept), 0600, &err), 0);
    assert_int_equal(case_archive(app, &cmd, id, &err), ERR_INCOMPLETE);
    assert_string_equal(err.problems[0].code.p, "file_missing");
    assert_string_equal(err.rule, "P31");
    err_clear(&err);
    assert_int_equal(unlink(file), 0);
    assert_int_equal(case_archive(app, &cmd, id, &err), ERR_INCOMPLETE);
    err_clear(&err);
    kept.p[kept.n / 2] ^= 1;
    assert_int_equal(file_write_durable(file, buf_sv(&kept), 0600, &err), 0);
    assert_int_equal(cases(true).n, 0);
    buf_done(&kept);
    archive_case_done(&x);
}

static void verify(int64_t id, struct archive_report *r)
{
    struct archive_state s;
    struct trust trust;
    struct sm3_hash hash;
    char path[4096];
    const struct actor bureau = { .id = 1, .role = ROLE_BUREAU, .region = SV("150300") };
    assert_int_equal(archive_state_of(app, &bureau, id, now, arena, &s, &err), 0);
    assert_true(s.archived && s.row.state == CASE_ARCHIVED);
    assert_true(sm3_from_hex(s.package.sm3, &hash));
    blob_where(app->data_dir.p, &hash, path);
    assert_int_equal(trust_load(app, arena, &trust, &err), 0);
    struct zip_pack *p = zip_pack_open(path, &err);
    assert_non_null(p);
    if (!archive_verify(p, &trust, app_keys(app)->seal.ca_cert, arena, r))
        fail_msg("%s", r->n_findings ? r->findings[0].text.p : "not checked");
    zip_pack_close(p);
}

static void test_P31_by_the_clock(void **state)
{
    struct verify_report report = { 0 };
    struct archive_report *r = arena_alloc(arena, sizeof *r);
    (void)state;
    app->archive_days = 0; /* never */
    assert_int_equal(archive_run(app, now + 400 * MS_PER_DAY, &err), 0);
    assert_int_equal(cases(true).n, 0);
    app->archive_days = 30;
    size_t before = cases(false).n;
    int rc = 1; /* a few cases a turn, of what was closed a month ago */
    while (rc == 1 && cases(true).n < 8) {
        size_t had = cases(true).n;
        rc = archive_run(app, now, &err);
        assert_true(rc == 0 || rc == 1);
        assert_true(cases(true).n <= had + 4);
    }
    struct ids done = cases(true);
    assert_true(done.n > 0);
    assert_int_equal(cases(false).n + done.n, before);
    for (size_t i = 0; i < done.n; i++)
        verify(done.ids[i], r);
    /* The rest is young, or something is missing; either way nobody has touched it. */
    assert_int_equal(ledger_verify(app, arena, NULL, &report, &err), 0);
    assert_int_equal(report.n_faults, 0);
    assert_int_equal(report.archives, done.n);
}

/* Another try on an archived case changes nothing. */
static void test_P31_once(void **state)
{
    const struct command cmd = { .now = now };
    (void)state;
    struct ids done = cases(true);
    assert_true(done.n > 0);
    assert_int_equal(case_archive(app, &cmd, done.ids[0], &err), ERR_REFUSED);
    err_clear(&err);
    assert_int_equal(cases(true).n, done.n);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_P31_same_again),   cmocka_unit_test(test_P31_each_real_piece),
        cmocka_unit_test(test_P31_damaged_file), cmocka_unit_test(test_P31_by_the_clock),
        cmocka_unit_test(test_P31_once),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
