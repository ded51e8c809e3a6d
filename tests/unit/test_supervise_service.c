/* supervise, the service on a real database of either engine: a decision that comes again makes nothing
 * (P30), permits from before begin once, and what cannot be said in whole is not said at all. */
#include "test_store_fixture.h"

#include "service/supervise.h"

#define NOW INT64_C(1800000000000)

static struct app *app;

static int setup(void **state)
{
    (void)state;
    new_url();
    arena = arena_new();
    err_init(&err, arena);
    const char *data = arena_printf(group_arena, "%s/data", folder);
    struct app_options o = { .data_dir = data, .db_url = url.p, .readers = 2 };
    if (app_init(&o, false, &err) < 0 || !(app = app_open(&o, &err)))
        fail_msg("%s", err_text(&err));
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    app_close(app);
    arena_free(arena);
    drop_url();
    return 0;
}

/* A karaoke's permit, supervised by culture, helped by public security. */
static struct permit_row a_permit(int64_t id)
{
    return (struct permit_row){
        .id = id, .item_id = 100 + id, .case_id = 5, .permit_type = SV("P-YLCS"),
        .name = SV("娱乐经营许可证"), .number = arena_printf_sv(arena, "YL%lld", (long long)id),
        .department = SV("D-HBW-WLJ"), .department_name = SV("文体旅游广电局"),
        .region = SV("150302"), .uscc = SV("91150302MA00000074"), .state = SV("valid"),
        .granted_on = 20800, .valid_from = 20801, .valid_until = DATE_NONE, .status_index = id,
        .version = 1, .holder = SV("某歌厅"), .person = SV("王五"), .address = SV("某街1号"),
    };
}

static struct permit_event_row granted(const struct permit_row *p, int64_t seq)
{
    return (struct permit_event_row){
        .id = p->id, .permit_id = p->id, .act = ACT_GRANT, .effective_on = p->granted_on, .at = NOW,
        .department = p->department, .document = SV(""), .reason = SV(""), .basis = SV(""),
        .number = p->number, .valid_from = p->valid_from, .valid_until = p->valid_until,
        .holder = p->holder, .person = p->person, .address = p->address, .case_id = 5,
        .item_id = p->item_id, .ledger_seq = seq,
    };
}

static int put_old(struct db_conn *c, void *ctx, struct err *e)
{
    struct case_row k = {
        .id = 5, .number = SV("YZ5"), .industry = SV("I09"), .region = SV("150302"),
        .catalog_version = app->catalog->version, .channel = SV("online"), .applicant_id = 7,
        .applicant_name = SV("王五"), .applicant_phone = SV("13800000000"), .hall = SV(""),
        .authorisation = SV(""), .answers = SV("{}"), .state = CASE_SUBMITTED, .version = 1,
        .holder_name = SV("某歌厅"), .uscc = SV("91150302MA00000074"), .person = SV("王五"),
        .address = SV("某街1号"), .licence_number = SV(""), .created_at = 1,
    };
    (void)ctx;
    int rc = case_insert(c, &k, e);
    for (int64_t id = 1; rc == 0 && id <= 2; id++) {
        struct permit_row p = a_permit(id);
        p.state = id == 2 ? SV("revoked") : p.state; /* what has ended does not begin */
        struct permit_event_row v = granted(&p, 1000 + id);
        rc = permit_insert(c, &p, e);
        if (rc == 0)
            rc = permit_event_insert(c, &v, e);
    }
    return rc;
}

static int decide(struct db_conn *c, void *ctx, struct err *e)
{
    const int *outcome = ctx;
    struct permit_row p = a_permit(1);
    struct permit_event_row v = granted(&p, 1001);
    int rc = supervise_permit_event(app, c, &p, &v, e);
    return rc < 0 ? rc : *outcome;
}

struct tasks { struct supervision_entry *list; size_t n; };

static int read_tasks(struct db_conn *c, void *ctx, struct err *e)
{
    struct tasks *x = ctx;
    return supervision_of_permit(c, 1, arena, &x->list, &x->n, e);
}

static struct tasks tasks(void)
{
    struct tasks x = { 0 };
    ok(db_read(app->db, read_tasks, &x, &err));
    return x;
}

static void test_P30_a_decision_makes_its_tasks_once(void **state)
{
    (void)state;
    int fine = 0, refused = ERR_CONFLICT;
    ok(db_write(app->db, put_old, NULL, &err));
    /* Refused afterwards, for whatever reason: nothing was sent. */
    fails(db_write(app->db, decide, &refused, &err), ERR_CONFLICT);
    assert_int_equal(tasks().n, 0);
    err_clear(&err);
    /* Permits from before, once; the job may run again. */
    ok(supervise_backfill(app, NOW, &err));
    struct tasks x = tasks();
    assert_int_equal(x.n, 2);
    assert_sv(x.list[0].task.department, "D-HBW-WLJ");
    assert_sv(x.list[1].task.department, "D-HBW-GA");
    assert_true(x.list[0].task.lead && !x.list[1].task.lead);
    assert_int_equal(x.list[0].task.opened_on, date_of_ms(NOW));
    assert_int_equal(x.list[0].task.clock.due_on, DATE_NONE);
    ok(supervise_backfill(app, NOW + 1000, &err));
    assert_int_equal(tasks().n, 2);
    /* The same event again. */
    for (int i = 0; i < 3; i++)
        ok(db_write(app->db, decide, &fine, &err));
    assert_int_equal(tasks().n, 2);
}

static void test_P30_limits_are_data(void **state)
{
    (void)state;
    assert_int_equal(app->supervision.limits.acknowledge_days, 5);
    assert_int_equal(app->supervision.limits.answer_days, 10);
    assert_sv(app->supervision.acknowledge_certainty, "待核定");
    const char *own = arena_printf(arena, "%s/supervision.json", app->data_dir.p);
    static const struct { const char *text; int outcome; int64_t days; } files[] = {
        { "{\"acknowledge_days\":{\"days\":3},\"answer_days\":{\"days\":7}}", 0, 3 },
        { "{\"acknowledge_days\":{\"days\":0},\"answer_days\":{\"days\":7}}", ERR_CONFIG, 0 },
        { "{\"acknowledge_days\":{\"days\":3}}", ERR_CONFIG, 0 },
        { "{\"acknowledge_days\":{\"days\":9999},\"answer_days\":{\"days\":7}}", ERR_CONFIG, 0 },
        { "not json", ERR_MALFORMED, 0 },
    };
    for (size_t i = 0; i < COUNT_OF(files); i++) {
        FILE *f = fopen(own, "w");
        assert_non_null(f);
        fputs(files[i].text, f);
        fclose(f);
        err_clear(&err);
        assert_int_equal(supervise_open(app, &err), files[i].outcome);
        if (files[i].outcome == 0)
            assert_int_equal(app->supervision.limits.acknowledge_days, files[i].days);
    }
}

#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
static const struct CMUnitTest TESTS[] = {
    T(test_P30_a_decision_makes_its_tasks_once), T(test_P30_limits_are_data),
};
DEFINE_ENGINE_RUNS("supervision as a service", TESTS, NULL, NULL)

int main(void)
{
    return run_engines(run_sqlite, run_postgres);
}
