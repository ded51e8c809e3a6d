/* papers: a golden trace of every kind (YZ_GOLDEN_UPDATE=1 rewrites them: look at the picture
 * first, YZ_KEEP_PAPERS=DIR keeps the PDFs); the same bytes twice and after whatever is done
 * later; numbers and verification codes that are unique, and cannot be changed; which paper
 * concerns which item. */
#include "test_papers_fixture.h"

/* ---- making ---- */

static struct sv make(const struct bundle *b, const struct paper *p, struct sv only,
                      enum doc_format format)
{
    struct buf out;
    buf_init(&out, CAP);
    if (paper_make(app, b, p, only, arena, format, &out, &err) != 0)
        fail_msg("%s: %s", p->code.p, err_text(&err));
    struct sv text = arena_sv(arena, buf_sv(&out));
    buf_done(&out);
    return text;
}

static struct paper get(const struct bundle *b, const char *code)
{
    struct paper p;
    if (!papers_find(b, sv_of(code), arena, &p))
        fail_msg("there is no %s", code);
    return p;
}

static bool has(struct sv text, const char *what)
{
    return strstr(text.p, what) != NULL;
}

static void write_file(const char *path, struct sv text)
{
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(text.p, 1, text.n, f), text.n);
    assert_int_equal(fclose(f), 0);
}

static void assert_golden(const char *name, struct sv got)
{
    const char *source = getenv("YZ_SOURCE");
    char *path = arena_printf(arena, "%s/tests/golden/%s.txt", source ? source : ".", name);
    if (getenv("YZ_GOLDEN_UPDATE"))
        write_file(path, got);
    struct sv want = test_file(arena, arena_printf(arena, "tests/golden/%s.txt", name));
    for (size_t line = 1; want.n || got.n; line++) {
        struct sv w = sv_cut(&want, '\n');
        struct sv g = sv_cut(&got, '\n');
        if (!sv_eq(w, g))
            fail_msg("%s.txt line %zu\n  want %.*s\n  got  %.*s", name, line, (int)w.n, w.p,
                     (int)g.n, g.p);
    }
}

static void golden(const struct bundle *b, const char *code, const char *name)
{
    struct paper p = get(b, code);
    const char *keep = getenv("YZ_KEEP_PAPERS");
    if (keep)
        write_file(arena_printf(arena, "%s/%s.pdf", keep, name), make(b, &p, SV(""), DOC_PDF));
    assert_golden(arena_printf(arena, "paper_%s", name), make(b, &p, SV(""), DOC_TRACE));
}

/* ---- tests ---- */

static void test_golden(void **state)
{
    (void)state;
    static const struct { const char *code, *name; } first[] = {
        { "receipt", "receipt" }, { "notice", "notice" }, { "correction", "correction" },
        { "acceptance-11", "acceptance" }, { "special-31", "special" },
        { "extension-41", "extension" }, { "extension-42", "extension_joint" },
        { "hearing-11", "hearing_told" }, { "visit-51", "visit" },
        { "commitment-71", "commitment" }, { "decision-13", "refusal" },
    };
    static const struct { const char *code, *name; } later[] = {
        { "special-32", "special_hearing" }, { "hearing-11", "hearing_noticed" },
        { "inspection-61", "inspection" }, { "decision-11", "grant" },
        { "decision-12", "denial" }, { "delivery-81", "delivery_grant" },
        { "delivery-82", "delivery_denial" }, { "delivery-83", "delivery_licence" },
        { "permit-93", "permit_amended" }, { "permit-94", "permit_revoked" },
    };
    static const struct { const char *code, *name; } others[] = {
        { "ended-11", "ended_lapsed" }, { "ended-12", "ended_withdrawn" },
        { "acceptance-12", "acceptance_deemed" }, { "decision-13", "filing" },
    };
    struct bundle b = middle();
    for (size_t k = 0; k < COUNT_OF(first); k++)
        golden(&b, first[k].code, first[k].name);
    go_on(&b);
    for (size_t k = 0; k < COUNT_OF(later); k++)
        golden(&b, later[k].code, later[k].name);
    bundle_done(&b);
    b = other();
    for (size_t k = 0; k < COUNT_OF(others); k++)
        golden(&b, others[k].code, others[k].name);
    bundle_done(&b);
}

/* What was issued stays what it was, whatever is done later. */
static void test_later_acts_change_nothing(void **state)
{
    (void)state;
    struct bundle b = middle();
    struct paper *before, *after;
    size_t n, m;
    papers_list(&b, arena, &before, &n);
    struct sv *bytes = arena_array(arena, n, sizeof *bytes);
    for (size_t k = 0; k < n; k++) {
        bytes[k] = make(&b, &before[k], SV(""), DOC_PDF);
        assert_true(sv_starts(bytes[k], SV("%PDF-")));
        assert_true(sv_eq(bytes[k], make(&b, &before[k], SV(""), DOC_PDF)));
    }
    assert_int_equal(n, 12);
    go_on(&b);
    papers_list(&b, arena, &after, &m);
    assert_int_equal(m, n + 11);
    for (size_t k = 0; k < n; k++) {
        size_t found = 0;
        for (size_t i = 0; i < m; i++)
            if (sv_eq(after[i].number, before[k].number)) {
                found++;
                if (!sv_eq(make(&b, &after[i], SV(""), DOC_PDF), bytes[k]))
                    fail_msg("%s changed", after[i].code.p);
            }
        assert_int_equal(found, 1);
    }
    bundle_done(&b);
}

static void test_nothing_before_its_act(void **state)
{
    (void)state;
    struct bundle b = middle();
    struct paper p;
    static const char *const none[] = {
        "inspection-61", "decision-11", "decision-12", "ended-11", "ended-13", "delivery-81",
        "hearing-12", "hearing-11-2", "correction-2", "acceptance-13", "special-32", "receipt-1",
        "receipt-11", "acceptance", "special-31-1", "", "-", "visit-52", "nothing",
    };
    for (size_t k = 0; k < COUNT_OF(none); k++)
        if (papers_find(&b, sv_of(none[k]), arena, &p))
            fail_msg("there is %s", none[k]);
    b.row.submitted_at = 0;
    assert_false(papers_find(&b, SV("receipt"), arena, &p));
    assert_false(papers_find(&b, SV("notice"), arena, &p));
    bundle_done(&b);
}

static void test_stages(void **state)
{
    (void)state;
    struct bundle b = middle();
    assert_int_equal(get(&b, "correction").ordinal, 1);
    assert_int_equal(get(&b, "correction-1").ordinal, 1);
    go_on(&b);
    assert_int_equal(get(&b, "correction").ordinal, 2);
    assert_sv(get(&b, "correction-1").code, "correction-1");
    assert_sv(get(&b, "hearing-11-1").title, "听证告知书");
    assert_sv(get(&b, "hearing-11").title, "听证通知书");
    bundle_done(&b);
}

/* The same thing asked by two departments is one row; withdrawn before the notice: no row. */
static void test_correction_rows(void **state)
{
    (void)state;
    struct bundle b = middle();
    struct paper p = get(&b, "correction");
    struct sv trace = make(&b, &p, SV(""), DOC_TRACE);
    assert_true(has(trace, " 3\n") && !has(trace, " 4\n")); /* numbers of rows */
    assert_true(has(trace, "2027年1月7日")); /* as told, not as the row says now */
    struct sv extract = make(&b, &p, SV("D-HBW-WJW"), DOC_TRACE);
    assert_true(has(extract, "节录") && has(extract, "说明用水来源"));
    assert_false(has(extract, "面积应与产权证明一致"));
    EVENTS[0] = event(POLICE, "withdraw", "ended-13", at("2026-11-25", 9));
    trace = make(&b, &p, SV(""), DOC_TRACE);
    assert_false(has(trace, "面积应与产权证明一致"));
    assert_true(has(trace, "说明用水来源"));
    bundle_done(&b);
}

static void test_ban_only_when_there_is_one(void **state)
{
    (void)state;
    struct bundle b = middle();
    go_on(&b);
    struct paper p = get(&b, "decision-12");
    assert_true(has(make(&b, &p, SV(""), DOC_TRACE), "2027年12月16日"));
    b.n_bans = 0;
    struct sv trace = make(&b, &p, SV(""), DOC_TRACE);
    assert_true(has(trace, "虚假材料的后果") && !has(trace, "2027年12月16日"));
    ITEMS[1].false_material = false;
    assert_false(has(make(&b, &p, SV(""), DOC_TRACE), "虚假材料的后果"));
    bundle_done(&b);
}

/* A day of the next year is not named: its holidays may not be published yet. */
static void test_days_of_next_year(void **state)
{
    (void)state;
    struct bundle b = middle();
    ITEMS[0].accepted_on = day("2026-12-24");
    struct paper p = get(&b, "acceptance-11");
    struct sv trace = make(&b, &p, SV(""), DOC_TRACE);
    assert_false(has(trace, "2027年"));
    assert_true(has(trace, "10个工作日"));
    bundle_done(&b);
}

static void test_codes(void **state)
{
    (void)state;
    struct bundle b = middle();
    struct paper *list, got;
    size_t n;
    go_on(&b);
    papers_list(&b, arena, &list, &n);
    for (size_t k = 0; k < n; k++) {
        struct sv code = paper_verify_code(app, &b, &list[k], arena);
        assert_int_equal(code.n, 32);
        assert_int_equal(paper_of_code(app, &b, code, arena, &got), 1);
        assert_true(sv_eq(got.code, list[k].code));
        for (size_t i = 0; i < k; i++) {
            assert_false(sv_eq(paper_verify_code(app, &b, &list[i], arena), code));
            assert_false(sv_eq(list[i].number, list[k].number));
        }
        for (size_t i = 0; i < code.n; i++) {
            char *forged = arena_dup(arena, code);
            forged[i] = forged[i] == '3' ? '4' : '3';
            assert_int_equal(paper_of_code(app, &b, sv_of(forged), arena, &got), 0);
        }
        assert_int_equal(paper_of_code(app, &b, sv_make(code.p, 31), arena, &got), 0);
    }
    struct sv code = paper_verify_code(app, &b, &list[0], arena);
    app->mac_key.b[0] ^= 1;
    assert_int_equal(paper_of_code(app, &b, code, arena, &got), 0);
    app->mac_key.b[0] ^= 1;
    bundle_done(&b);
}

static struct sv trace_of(struct bundle *b, const char *code)
{
    struct paper p = get(b, code);
    return make(b, &p, SV(""), DOC_TRACE);
}

/* Announced for another day: another notice. The first one can still be made, the same to the byte,
 * and its code says that another one counts. */
static void test_announced_anew(void **state)
{
    (void)state;
    struct bundle b = middle();
    struct paper first = get(&b, "visit-51"), got;
    struct sv code = paper_verify_code(app, &b, &first, arena);
    struct sv before = trace_of(&b, "visit-51");
    assert_sv(first.number, "15030220261123000001X-查01");
    assert_false(first.replaced);
    TIMELINE[3] = logged(0, "announce_visit", at("2026-12-07", 9),
                         VISIT_TOLD_ON("20261211", "下午3:00"));
    b.n_timeline = 4;
    VISITS[0].announced_at = at("2026-12-07", 9);
    VISITS[0].held_on = day("2026-12-11");
    VISITS[0].held_time = SV("下午3:00");
    struct paper second = get(&b, "visit-51");
    assert_sv(second.number, "15030220261123000001X-查02");
    assert_false(second.replaced);
    assert_sv(trace_of(&b, "visit-51-1"), before.p);
    assert_false(sv_eq(trace_of(&b, "visit-51"), before));
    assert_int_equal(paper_of_code(app, &b, code, arena, &got), 1);
    assert_true(got.replaced);
    assert_sv(got.code, "visit-51-1");
    assert_int_equal(paper_of_code(app, &b, paper_verify_code(app, &b, &second, arena), arena,
                                   &got), 1);
    assert_false(got.replaced);
    VISITS[0].announced_at = 0; /* being arranged again: what was told stays */
    assert_int_equal(paper_of_code(app, &b, code, arena, &got), 1);
    bundle_done(&b);
}

static void test_whose(void **state)
{
    (void)state;
    struct bundle b = middle();
    static const struct { const char *code; bool food, health, police; } rows[] = {
        { "receipt", true, true, true }, { "notice", false, false, false },
        { "correction", true, true, true }, { "correction-1", true, true, true },
        { "acceptance-11", true, false, false }, { "special-31", true, false, false },
        { "extension-41", true, false, false }, { "extension-42", false, false, false },
        { "hearing-11", true, false, false }, { "visit-51", true, true, false },
        { "inspection-61", true, false, false }, { "commitment-71", true, false, false },
        { "decision-12", false, true, false }, { "delivery-81", true, false, false },
        { "delivery-83", false, false, false },
    };
    go_on(&b);
    for (size_t k = 0; k < COUNT_OF(rows); k++) {
        bool newest = strcmp(rows[k].code, "correction") == 0; /* the second: food alone */
        struct paper p = get(&b, rows[k].code);
        assert_int_equal(paper_concerns(&b, &p, &ITEMS[0]), rows[k].food);
        assert_int_equal(paper_concerns(&b, &p, &ITEMS[1]), !newest && rows[k].health);
        assert_int_equal(paper_concerns(&b, &p, &ITEMS[2]), !newest && rows[k].police);
    }
    bundle_done(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_golden),
        cmocka_unit_test(test_later_acts_change_nothing),
        cmocka_unit_test(test_nothing_before_its_act),
        cmocka_unit_test(test_stages),
        cmocka_unit_test(test_correction_rows),
        cmocka_unit_test(test_ban_only_when_there_is_one),
        cmocka_unit_test(test_days_of_next_year),
        cmocka_unit_test(test_codes),
        cmocka_unit_test(test_announced_anew),
        cmocka_unit_test(test_whose),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
