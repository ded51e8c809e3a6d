/* handouts: golden traces of one-time notice, specification, poster and both flow charts
 * (YZ_GOLDEN_UPDATE=1 rewrites them: look at the picture first); of all industries nothing overlaps,
 * leaves the page or ends a page as a heading; charts of every set of permits; the same bytes
 * twice; overlong and senseless input. */
#include "test_catalog_fixture.h"

#include "doc/style.h"
#include "service/handouts.h"

/* fontconfig keeps its configuration until the process ends. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
    return "leak:libfontconfig\n";
}

enum { CAP = 32 * 1024 * 1024, MARKS = 20000, GUIDE_PERMITS_MAX = 64 };

static struct arena *arena;
static struct catalog *catalog;
static struct err err;

static int setup(void **state)
{
    (void)state;
    arena = arena_new();
    err_init(&err, arena);
    catalog = fixture_catalog(arena);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    catalog_free(catalog);
    arena_free(arena);
    return 0;
}

static struct sv make(struct arena *a, const char *industry, enum handout_kind kind,
                      enum doc_format format)
{
    struct handout h = { .catalog = catalog, .industry = catalog_industry(catalog, sv_of(industry)),
                         .region = SV("150302"), .base_url = SV("https://portal.example"),
                         .arena = a };
    struct buf out;
    assert_non_null(h.industry);
    buf_init(&out, CAP);
    if (handout_make(&h, kind, format, &out, &err) != 0)
        fail_msg("%s %s: %s", industry, handout_file(kind), err_text(&err));
    struct sv text = arena_sv(a, buf_sv(&out));
    buf_done(&out);
    return text;
}

/* ---- golden traces ---- */

static void assert_golden(const char *name, struct sv got)
{
    const char *root = getenv("YZ_SOURCE");
    char *file = arena_printf(arena, "tests/golden/%s.txt", name);
    if (getenv("YZ_GOLDEN_UPDATE")) {
        FILE *f = fopen(arena_printf(arena, "%s/%s", root ? root : ".", file), "wb");
        assert_non_null(f);
        assert_int_equal(fwrite(got.p, 1, got.n, f), got.n);
        assert_int_equal(fclose(f), 0);
    }
    struct sv want = fixture_read(arena, file);
    for (size_t line = 1; want.n || got.n; line++) {
        struct sv w = sv_cut(&want, '\n');
        struct sv g = sv_cut(&got, '\n');
        if (!sv_eq(w, g))
            fail_msg("%s.txt line %zu\n  want %.*s\n  got  %.*s", name, line, (int)w.n, w.p,
                     (int)g.n, g.p);
    }
}

static void test_golden(void **state)
{
    (void)state;
    assert_golden("handout_notice", make(arena, "I09", HANDOUT_NOTICE, DOC_TRACE));
    assert_golden("handout_specification", make(arena, "I05", HANDOUT_SPECIFICATION, DOC_TRACE));
    assert_golden("handout_poster", make(arena, "I13", HANDOUT_POSTER, DOC_TRACE));
    assert_golden("handout_flow_wide", make(arena, "I01", HANDOUT_FLOW_WIDE, DOC_TRACE));
    assert_golden("handout_flow_narrow", make(arena, "I09", HANDOUT_FLOW_NARROW, DOC_TRACE));
    assert_golden("handout_flow_svg", make(arena, "I05", HANDOUT_FLOW_NARROW, DOC_SVG));
}

static void test_same_bytes(void **state)
{
    (void)state;
    for (int k = 0; k < HANDOUTS; k++)
        assert_true(sv_eq(make(arena, "I07", (enum handout_kind)k, DOC_PDF),
                          make(arena, "I07", (enum handout_kind)k, DOC_PDF)));
}

/* ---- geometry, read back from traces ---- */

struct mark { double x0, y0, x1, y1, size; int page; bool bold; struct sv text; };

struct sheet_size { double width, height; };

static size_t marks_of(struct arena *a, struct sv trace, struct mark *out, struct sheet_size *size)
{
    size_t n = 0;
    int page = 0;
    while (trace.n) {
        struct sv line = sv_cut(&trace, '\n');
        char *copy = arena_dup(a, line);
        char font[64];
        double x, y, wide, pt;
        int at = 0;
        if (sscanf(copy, "page %lf %lf", &size->width, &size->height) == 2)
            page++;
        if (sscanf(copy, "text %lf %lf wide %lf %63s %lf %*s %n", &x, &y, &wide, font, &pt, &at) < 5 ||
            strstr(copy, " turned ") || strstr(copy, " silent "))
            continue;
        assert_true(n < MARKS);
        double em = pt * MM_PER_PT;
        out[n++] = (struct mark){ x, y - 0.88 * em, x + wide, y + 0.12 * em, pt, page,
                                  strstr(font, "Bold") != NULL, sv_skip(line, (size_t)at) };
    }
    return n;
}

static void check_apart(const char *what, const struct mark *m, size_t n, struct sheet_size size)
{
    const double slack = 0.15; /* the trace is rounded */
    for (size_t i = 0; i < n; i++) {
        if (m[i].x0 < -slack || m[i].y0 < -slack || m[i].x1 > size.width + slack ||
            m[i].y1 > size.height + slack)
            fail_msg("%s: \"%.*s\" leaves page %d", what, (int)m[i].text.n, m[i].text.p, m[i].page);
        for (size_t k = i + 1; k < n && m[k].page == m[i].page; k++)
            if (m[i].x0 < m[k].x1 - slack && m[k].x0 < m[i].x1 - slack &&
                m[i].y0 < m[k].y1 - slack && m[k].y0 < m[i].y1 - slack)
                fail_msg("%s: \"%.*s\" and \"%.*s\" overlap on page %d", what, (int)m[i].text.n,
                         m[i].text.p, (int)m[k].text.n, m[k].text.p, m[i].page);
    }
}

/* Headings stand at the left edge in bold, larger than a table's: something follows on their page. */
static void check_headings(const char *what, const struct mark *m, size_t n, double left,
                           double least, double foot, int from_page)
{
    size_t headings = 0;
    for (size_t i = 0; i < n; i++) {
        bool followed = false;
        if (!m[i].bold || m[i].size < least || m[i].x0 > left + 0.2 ||
            m[i].page < from_page)
            continue;
        headings++;
        for (size_t k = 0; k < n && !followed; k++)
            followed = m[k].page == m[i].page && m[k].y0 > m[i].y1 && m[k].y1 < foot;
        if (!followed)
            fail_msg("%s: \"%.*s\" ends page %d", what, (int)m[i].text.n, m[i].text.p, m[i].page);
    }
    assert_true(headings > 3);
}

static void test_nothing_overlaps(void **state)
{
    (void)state;
    struct mark *m = mem_new(MARKS * sizeof *m);
    for (size_t i = 0; i < catalog->n_industries; i++)
        for (int k = 0; k < HANDOUTS; k++) {
            struct arena *a = arena_new();
            struct sheet_size size = { 0 };
            const char *code = catalog->industries[i].code.p;
            char *what = arena_printf(a, "%s %s", code, handout_file((enum handout_kind)k));
            size_t n = marks_of(a, make(a, code, (enum handout_kind)k, DOC_TRACE), m, &size);
            assert_true(n > 20);
            check_apart(what, m, n, size);
            if (k == HANDOUT_SPECIFICATION)
                check_headings(what, m, n, MAN_LEFT, MAN_BODY, MAN_FOOT_Y, 3 /* contents */);
            if (k == HANDOUT_NOTICE)
                check_headings(what, m, n, LET_LEFT, LET_BODY, LET_FOOT_Y, 1);
            arena_free(a);
        }
    free(m);
}

/* ---- charts of any set of permits ---- */

static void check_chart(const struct industry *ind, const struct permit_type **set, size_t n,
                        struct mark *m)
{
    struct arena *a = arena_new();
    struct flow_chart f;
    flow_build(ind, set, n, SV("150303"), a, &f);
    struct doc_flow d = handout_chart(&f, a);
    for (int narrow = 0; narrow < 2; narrow++) {
        struct sheet_size size = { 0 };
        struct buf out;
        buf_init(&out, CAP);
        assert_int_equal(doc_flow(&d, narrow, DOC_TRACE, &out, &err), 0);
        size_t marks = marks_of(a, buf_sv(&out), m, &size);
        check_apart(ind->code.p, m, marks, size);
        for (size_t i = 0; narrow && i < marks; i++) /* readable on a phone */
            assert_true(m[i].size * MM_PER_PT / FLOW_NARROW_W * 292 >= 12);
        buf_done(&out);
    }
    arena_free(a);
}

static void test_every_chart(void **state)
{
    (void)state;
    struct mark *m = mem_new(MARKS * sizeof *m);
    size_t sets = 0;
    for (size_t i = 0; i < catalog->n_industries; i++) {
        const struct industry *ind = &catalog->industries[i];
        for (unsigned mask = 1; mask < 1u << ind->n_permits; mask++, sets++) {
            const struct permit_type *set[GUIDE_PERMITS_MAX];
            size_t n = 0;
            for (size_t k = 0; k < ind->n_permits; k++)
                if (mask >> k & 1)
                    set[n++] = ind->permits[k].permit;
            check_chart(ind, set, n, m);
        }
    }
    assert_true(sets > 100);
    free(m);
}

/* A chart taller than a page goes on at the next row, and every row is there once. */
static void test_tall_chart(void **state)
{
    enum { ROWS = 60 };
    struct doc_flow_node nodes[ROWS];
    struct doc_flow_edge edges[ROWS - 1];
    (void)state;
    for (size_t i = 0; i < ROWS; i++) {
        nodes[i] = (struct doc_flow_node){ .title = arena_printf_sv(arena, "第%zu行。", i + 1),
                                           .text = SV("说明文字"), .lane = SV("部门"), .x1 = 1,
                                           .row = i, .narrow_row = i };
        if (i)
            edges[i - 1] = (struct doc_flow_edge){ .from = i - 1, .to = i };
    }
    const struct doc_flow d = { .title = SV("长图"), .nodes = nodes, .n_nodes = ROWS,
                                .edges = edges, .n_edges = ROWS - 1 };
    const struct doc_block blocks[] = { { .heading = SV("一、流程图") }, { .flow = &d } };
    const struct doc_letter letter = { .title = SV("告知书"), .blocks = blocks, .n_blocks = 2,
                                       .issuer = SV("某局"), .plain = true };
    struct mark *m = mem_new(MARKS * sizeof *m);
    struct sheet_size size;
    struct buf out;
    buf_init(&out, CAP);
    assert_int_equal(doc_letter(&letter, DOC_TRACE, &out, &err), 0);
    size_t n = marks_of(arena, buf_sv(&out), m, &size);
    check_apart("tall chart", m, n, size);
    assert_true(m[n - 1].page > 2);
    for (size_t row = 0; row < ROWS; row++) {
        size_t seen = 0;
        for (size_t i = 0; i < n; i++)
            seen += sv_eq(m[i].text, nodes[row].title);
        assert_int_equal(seen, 1);
    }
    for (size_t i = 0; i < n; i++)
        assert_true(m[i].y1 < LET_FOOT_Y || m[i].size < 9);
    buf_done(&out);
    free(m);
}

static void test_senseless_charts(void **state)
{
    struct doc_flow_node node = { .title = SV("标题"), .lane = SV("窗口"), .x1 = 1 };
    struct doc_flow_edge edge = { .from = 0, .to = 0 };
    struct doc_flow d = { .title = SV("图"), .words = SV("一 < 二 & \"三\""), .nodes = &node,
                          .n_nodes = 1, .edges = &edge, .n_edges = 1 };
    struct buf out;
    (void)state;
    buf_init(&out, CAP);
    assert_int_equal(doc_flow(&d, false, DOC_SVG, &out, &err), 0);
    assert_non_null(strstr(out.p, "一 &lt; 二 &amp; &quot;三&quot;"));
    edge.to = 1;
    assert_int_equal(doc_flow(&d, false, DOC_SVG, &out, &err), ERR_INVALID);
    edge.to = 0;
    node.x0 = 1;
    assert_int_equal(doc_flow(&d, false, DOC_SVG, &out, &err), ERR_INVALID);
    node.x0 = 0;
    node.title = sv_make("\xff", 1);
    assert_int_equal(doc_flow(&d, false, DOC_SVG, &out, &err), ERR_INVALID);
    d.n_nodes = 0;
    assert_int_equal(doc_flow(&d, false, DOC_SVG, &out, &err), ERR_INVALID);
    buf_done(&out);
}

static void test_senseless_posters(void **state)
{
    const struct doc_poster_step step = { SV("一步"), SV("") };
    struct doc_poster_step bring[40];
    struct doc_poster d = { .kicker = SV("市"), .title = SV("开店"), .steps = &step, .n_steps = 1,
                            .qr_text = SV("https://portal.example/guide/I01") };
    struct buf out, words;
    (void)state;
    buf_init(&out, CAP);
    assert_int_equal(doc_poster(&d, DOC_PDF, &out, &err), 0);
    buf_init(&words, 4000);
    for (int i = 0; i < 300; i++)
        buf_str(&words, "很多材料");
    for (size_t i = 0; i < 40; i++)
        bring[i] = (struct doc_poster_step){ SV("某人"), buf_sv(&words) };
    d.bring = bring;
    d.n_bring = 40;
    assert_int_equal(doc_poster(&d, DOC_PDF, &out, &err), ERR_TOO_LARGE); /* never cut */
    d.n_bring = 0;
    d.n_steps = 6;
    assert_int_equal(doc_poster(&d, DOC_PDF, &out, &err), ERR_TOO_LARGE);
    d.n_steps = 1;
    d.title = sv_make("\xff", 1);
    assert_int_equal(doc_poster(&d, DOC_PDF, &out, &err), ERR_INVALID);
    buf_done(&out);
    buf_done(&words);
}

/* Answers that need nothing have no paper; unknown ones are told of. */
static void test_answers(void **state)
{
    json_t *none = json_pack("{s:[s], s:[s]}", "I02-Q1", "D", "I02-Q2", "C");
    json_t *wrong = json_pack("{s:[s]}", "I02-Q1", "Z");
    struct handout h = { .catalog = catalog, .industry = catalog_industry(catalog, SV("I02")),
                         .region = SV("150302"), .arena = arena };
    struct buf out;
    (void)state;
    buf_init(&out, CAP);
    h.answers = none;
    assert_int_equal(handout_make(&h, HANDOUT_NOTICE, DOC_PDF, &out, &err), ERR_NOT_FOUND);
    assert_int_equal(handout_make(&h, HANDOUT_FLOW_WIDE, DOC_PDF, &out, &err), ERR_NOT_FOUND);
    assert_int_equal(handout_make(&h, HANDOUT_SPECIFICATION, DOC_PDF, &out, &err), 0);
    h.answers = wrong;
    assert_int_equal(handout_make(&h, HANDOUT_NOTICE, DOC_PDF, &out, &err), ERR_INVALID);
    json_decref(none);
    json_decref(wrong);
    buf_done(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_golden),          cmocka_unit_test(test_same_bytes),
        cmocka_unit_test(test_nothing_overlaps), cmocka_unit_test(test_every_chart),
        cmocka_unit_test(test_tall_chart),      cmocka_unit_test(test_senseless_charts),
        cmocka_unit_test(test_senseless_posters), cmocka_unit_test(test_answers),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
