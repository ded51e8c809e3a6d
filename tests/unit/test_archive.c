/* archive: the rule of completeness, written out a second time (P31); names of files; packages as ZIP files,
 * written the same to the byte and read with suspicion. */
#include "test.h"

#include <zip.h>

#include "doc/zip_pack.h"
#include "domain/archive/layout.h"
#include "sys/files.h"

static struct arena *arena;
static struct err err;
static char *folder;

static int setup(void **state)
{
    (void)state;
    arena = arena_new();
    err_init(&err, arena);
    folder = test_folder(arena);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    test_folder_remove(folder);
    arena_free(arena);
    return 0;
}

/* ---- completeness ---- */

/* What must be there when something happened, and what is said when it is not. */
static const struct { enum archive_fact_kind fact; enum archive_piece_kind piece; const char *code; }
    WANTED[] = {
    { FACT_OF_FILED, PIECE_FORM, "form_missing" },
    { FACT_OF_FILED, PIECE_FORM_DATA, "form_data_missing" },
    { FACT_OF_FILED, PIECE_METADATA, "metadata_missing" },
    { FACT_OF_FILED, PIECE_CONTENTS, "contents_missing" },
    { FACT_OF_FILED, PIECE_README, "readme_missing" },
    { FACT_OF_FILED, PIECE_RECEIPT, "receipt_missing" },
    { FACT_OF_FILED, PIECE_NOTICE, "notice_missing" },
    { FACT_OF_FILED, PIECE_LOG, "log_missing" },
    { FACT_OF_FILED, PIECE_PROOFS, "proofs_missing" },
    { FACT_OF_FILED, PIECE_HEAD, "head_missing" },
    { FACT_OF_FILED, PIECE_KEY, "key_missing" },
    { FACT_OF_FILE_GIVEN, PIECE_MATERIAL, "file_missing" },
    { FACT_OF_PROMISED, PIECE_COMMITMENT, "commitment_missing" },
    { FACT_OF_CORRECTION_SENT, PIECE_CORRECTION, "correction_missing" },
    { FACT_OF_ACCEPTED, PIECE_ACCEPTANCE, "acceptance_missing" },
    { FACT_OF_SPECIAL, PIECE_SPECIAL, "special_missing" },
    { FACT_OF_EXTENDED, PIECE_EXTENSION, "extension_missing" },
    { FACT_OF_HEARING, PIECE_HEARING, "hearing_missing" },
    { FACT_OF_VISIT_ANNOUNCED, PIECE_VISIT, "visit_missing" },
    { FACT_OF_INSPECTED, PIECE_INSPECTION, "inspection_missing" },
    { FACT_OF_PHOTO_TAKEN, PIECE_PHOTO, "photo_missing" },
    { FACT_OF_DECIDED, PIECE_DECISION, "decision_missing" },
    { FACT_OF_ENDED, PIECE_ENDED, "ended_missing" },
    { FACT_OF_ISSUED, PIECE_LICENCE_PDF, "licence_pdf_missing" },
    { FACT_OF_ISSUED, PIECE_LICENCE_OFD, "licence_ofd_missing" },
    { FACT_OF_PERMIT_GRANTED, PIECE_PERMIT_PDF, "permit_pdf_missing" },
    { FACT_OF_PERMIT_GRANTED, PIECE_PERMIT_OFD, "permit_ofd_missing" },
    { FACT_OF_TO_DELIVER, PIECE_DELIVERY, "delivery_missing" },
};
enum { N_WANTED = sizeof WANTED / sizeof WANTED[0], MANY = 400 };

/* What keeps a case from the archive whatever is in it. */
static const struct { enum archive_fact_kind fact; const char *code; } STOPS[] = {
    { FACT_OF_ITEM_OPEN, "item_open" },         { FACT_OF_NOT_ISSUED, "licence_not_issued" },
    { FACT_OF_CORRECTION_OPEN, "correction_open" }, { FACT_OF_SPECIAL_OPEN, "special_open" },
    { FACT_OF_VISIT_OPEN, "visit_open" },       { FACT_OF_PROMISE_OPEN, "promise_open" },
};

static struct archive_fact facts[MANY];
static struct archive_piece pieces[MANY];
static size_t n_facts, n_pieces;

static void happened(enum archive_fact_kind kind, int64_t ref, const char *code)
{
    struct archive_fact f = { kind, ref, sv_of(code), SV("食品经营许可证") };
    facts[n_facts++] = f;
    for (size_t k = 0; k < N_WANTED; k++)
        if (WANTED[k].fact == kind)
            pieces[n_pieces++] = (struct archive_piece){ WANTED[k].piece, ref, sv_of(code) };
}

/* A case in which a bit of everything happened, `times` times over. */
static void whole_case(size_t times)
{
    n_facts = n_pieces = 0;
    happened(FACT_OF_FILED, 0, "");
    for (size_t t = 1; t <= times; t++)
        for (int kind = FACT_OF_FILE_GIVEN; kind < ARCHIVE_FACTS; kind++) {
            bool stops = false;
            for (size_t k = 0; k < COUNT_OF(STOPS); k++)
                stops |= STOPS[k].fact == (enum archive_fact_kind)kind;
            if (!stops)
                happened((enum archive_fact_kind)kind, (int64_t)(100 * t) + kind,
                         kind == FACT_OF_HEARING ? "told"
                         : kind == FACT_OF_FILE_GIVEN || kind == FACT_OF_MATERIAL_ASKED ? "M-A" : "");
        }
}

static size_t judge_on(struct arena *a, struct archive_problem **out)
{
    size_t n;
    archive_check(facts, n_facts, pieces, n_pieces, a, out, &n);
    return n;
}

static size_t judge(struct archive_problem **out)
{
    return judge_on(arena, out);
}

static void test_P31_complete(void **state)
{
    struct archive_problem *p;
    (void)state;
    whole_case(1);
    assert_int_equal(judge(&p), 0);
    whole_case(3);
    assert_int_equal(judge(&p), 0);
    n_facts = n_pieces = 0;
    assert_int_equal(judge(&p), 0); /* nothing happened, nothing is asked for */
}

static const char *code_of(const struct archive_piece *piece)
{
    for (size_t k = 0; k < N_WANTED; k++)
        if (WANTED[k].piece == piece->kind)
            return WANTED[k].code;
    fail_msg("piece %s is not asked for", archive_piece_key(piece->kind));
    return "";
}

/* Without any one piece exactly that one is named, by its code and its row. */
static void test_P31_each_piece(void **state)
{
    struct archive_problem *p;
    (void)state;
    whole_case(2);
    for (size_t i = 0; i < n_pieces; i++) {
        struct archive_piece gone = pieces[i];
        pieces[i] = pieces[--n_pieces];
        assert_int_equal(judge(&p), 1);
        assert_string_equal(p->code, code_of(&gone));
        assert_int_equal(p->fact->ref, gone.ref);
        assert_true(p->text.n > 0 && !strstr(p->text.p, "%"));
        pieces[n_pieces++] = pieces[i];
        pieces[i] = gone;
    }
}

/* Whatever number of pieces is gone: all are named at once, nothing else is. */
static void test_P31_random(void **state)
{
    uint64_t seed = 85;
    struct archive_problem *p;
    struct arena *scratch = arena_new();
    (void)state;
    for (int round = 0; round < 2000; round++) {
        size_t gone = 0;
        whole_case(1 + (size_t)(test_random(&seed) >> 20) % 3);
        for (size_t i = n_pieces; i-- > 0;)
            if ((test_random(&seed) >> 20) % 7 == 0) {
                pieces[i] = pieces[--n_pieces];
                gone++;
            }
        assert_int_equal(judge_on(scratch, &p), gone);
        arena_reset(scratch);
    }
    arena_free(scratch);
}

/* A piece of another row, or of another stage, is not the one. */
static void test_P31_other_row(void **state)
{
    struct archive_problem *p;
    (void)state;
    n_facts = n_pieces = 0;
    happened(FACT_OF_HEARING, 7, "told");
    happened(FACT_OF_DECIDED, 8, "");
    pieces[0].code = SV("noticed");
    pieces[1].ref = 9;
    assert_int_equal(judge(&p), 2);
    assert_string_equal(p[0].code, "hearing_missing");
    assert_string_equal(p[1].code, "decision_missing");
}

static void test_P31_in_the_way(void **state)
{
    struct archive_problem *p;
    (void)state;
    for (size_t k = 0; k < COUNT_OF(STOPS); k++) {
        whole_case(1);
        facts[n_facts++] = (struct archive_fact){ STOPS[k].fact, 5, SV(""), SV("烟草专卖证") };
        assert_int_equal(judge(&p), 1);
        assert_string_equal(p->code, STOPS[k].code);
    }
}

/* P12, P32: what a grant rests on was handed in, shared, or promised and settled; nothing less. */
static void test_P31_materials(void **state)
{
    static const struct { enum archive_fact_kind fact; bool enough; } ways[] = {
        { FACT_OF_FILE_GIVEN, true },      { FACT_OF_MATERIAL_SHARED, true },
        { FACT_OF_PROMISE_SETTLED, true }, { FACT_OF_PROMISED, false },
    };
    struct archive_problem *p;
    (void)state;
    for (size_t k = 0; k < COUNT_OF(ways); k++) {
        n_facts = n_pieces = 0;
        happened(FACT_OF_MATERIAL_ASKED, 0, "M-A");
        assert_int_equal(judge(&p), 1);
        assert_string_equal(p->code, "material_missing");
        assert_string_equal(p->where, "window");
        happened(ways[k].fact, 3, "M-A");
        assert_int_equal(judge(&p), ways[k].enough ? 0 : 1);
        facts[1].code = SV("M-B"); /* of another material */
        if (n_pieces)
            pieces[0].code = SV("M-B");
        assert_int_equal(judge(&p), 1);
    }
}

static void test_names(void **state)
{
    enum archive_fact_kind f;
    enum archive_piece_kind q;
    (void)state;
    for (int k = 0; k < ARCHIVE_FACTS; k++) {
        assert_true(archive_fact_of(sv_of(archive_fact_key((enum archive_fact_kind)k)), &f));
        assert_int_equal(f, k);
    }
    for (int k = 0; k < ARCHIVE_PIECES; k++) {
        assert_true(archive_piece_of(sv_of(archive_piece_key((enum archive_piece_kind)k)), &q));
        assert_int_equal(q, k);
        assert_true(archive_category_of(q) < ARCHIVE_CATEGORIES);
    }
    assert_false(archive_fact_of(SV("nothing"), &f));
    assert_false(archive_piece_of(SV(""), &q));
}

/* ---- layout ---- */

static struct sv path_of(enum archive_piece_kind kind, size_t serial, const char *title)
{
    struct buf b;
    buf_init(&b, 1024);
    archive_path(&b, kind, serial, sv_of(title), "pdf");
    struct sv out = arena_sv(arena, buf_sv(&b));
    buf_done(&b);
    return out;
}

static void test_paths(void **state)
{
    (void)state;
    assert_string_equal(path_of(PIECE_DECISION, 17, "准予许可决定书").p, "4-决定/017-准予许可决定书.pdf");
    assert_string_equal(path_of(PIECE_README, 1, "说明").p, "001-说明.pdf");
    assert_string_equal(path_of(PIECE_MATERIAL, 5, "../a\\b:c*?\"<>|\n").p,
                        "1-申请/005-.._a_b_c_______.pdf");
    assert_string_equal(path_of(PIECE_MATERIAL, 5, "\xff").p, "1-申请/005-_.pdf");
    assert_string_equal(path_of(PIECE_MATERIAL, 1234, "").p, "1-申请/1234-_.pdf");
    char longer[400];
    for (size_t i = 0; i + 3 < sizeof longer; i += 3)
        memcpy(longer + i, "长", 4);
    struct sv cut = path_of(PIECE_MATERIAL, 5, longer);
    assert_true(cut.n < 160 && zip_name_ok(cut));
    assert_string_equal(archive_ending(SV("application/ofd")), "ofd");
    assert_string_equal(archive_ending(SV("x/y")), "bin");
}

/* ---- ZIP ---- */

static struct sv file_bytes(const char *path)
{
    struct buf b;
    buf_init(&b, (size_t)1 << 24);
    assert_int_equal(file_read(path, &b, &err), 0);
    struct sv out = arena_sv(arena, buf_sv(&b));
    buf_done(&b);
    return out;
}

static void test_zip_round(void **state)
{
    const char *one = arena_printf(arena, "%s/one.zip", folder);
    const char *two = arena_printf(arena, "%s/two.zip", folder);
    const char *blob = arena_printf(arena, "%s/blob", folder);
    struct sv out;
    (void)state;
    assert_int_equal(file_write_durable(blob, SV("外面的文件"), 0600, &err), 0);
    const struct zip_part parts[] = { { SV("manifest.json"), SV("{}"), NULL },
                                      { SV("1-申请/申请表.pdf"), SV("%PDF-"), NULL },
                                      { SV("1-申请/空.txt"), SV(""), NULL },
                                      { SV("材料.bin"), SV(""), blob } };
    assert_int_equal(zip_write(one, parts, 4, &err), 0);
    assert_int_equal(zip_write(two, parts, 4, &err), 0);
    assert_true(sv_eq(file_bytes(one), file_bytes(two)));
    struct zip_pack *p = zip_pack_open(one, &err);
    assert_non_null(p);
    assert_int_equal(zip_pack_count(p), 4);
    for (size_t i = 0; i < 4; i++) {
        int64_t found = zip_pack_find(p, parts[i].name);
        assert_true(found >= 0);
        assert_int_equal(zip_pack_load(p, (size_t)found, 100, arena, &out, &err), 0);
        assert_true(sv_eq(out, parts[i].file ? SV("外面的文件") : parts[i].bytes));
    }
    assert_int_equal(zip_pack_find(p, SV("manifest")), -1);
    assert_int_equal(zip_pack_load(p, (size_t)zip_pack_find(p, SV("1-申请/申请表.pdf")), 4, arena, &out,
                                   &err), ERR_TOO_LARGE);
    zip_pack_close(p);
    const struct zip_part bad[] = { { SV("../a"), SV(""), NULL } };
    assert_int_equal(zip_write(two, bad, 1, &err), ERR_IO);
    const struct zip_part gone[] = { { SV("a"), SV(""), "/nowhere/at/all" } };
    assert_int_equal(zip_write(two, gone, 1, &err), ERR_IO);
}

/* As somebody else may write it: libzip checks nothing of this. */
static struct sv foreign(const char *const *names, size_t n, uint32_t mode)
{
    const char *path = arena_printf(arena, "%s/foreign.zip", folder);
    zip_t *z = zip_open(path, ZIP_CREATE | ZIP_TRUNCATE, NULL);
    assert_non_null(z);
    for (size_t i = 0; i < n; i++) {
        zip_int64_t at = zip_file_add(z, names[i], zip_source_buffer(z, "x", 1, 0), ZIP_FL_ENC_UTF_8);
        assert_true(at >= 0);
        zip_file_set_external_attributes(z, (zip_uint64_t)at, 0, ZIP_OPSYS_UNIX, mode << 16);
    }
    assert_int_equal(zip_close(z), 0);
    return file_bytes(path);
}

static void refused(struct sv bytes)
{
    err_clear(&err);
    assert_null(zip_pack_of(bytes, &err));
    assert_true(err.code == ERR_INVALID && err.detail);
}

static void test_zip_suspicion(void **state)
{
    static const char *const bad[] = { "../evil", "/etc/passwd", "a/../../b", "a//b", "./a",
                                       "a\\b", "a\nb", "a/./b" };
    static const char *const good[] = { "a", "b/c" }, *const twins[] = { "aa", "ab" };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(bad); i++)
        refused(foreign(&bad[i], 1, 0100644));
    refused(foreign(good, 1, 0120777)); /* a link */
    struct sv fine = foreign(good, 2, 0100644);
    struct zip_pack *p = zip_pack_of(fine, &err);
    assert_non_null(p);
    zip_pack_close(p);
    /* Two files of one name: libzip does not write that, so it is made of two others. */
    struct sv two = arena_sv(arena, foreign(twins, 2, 0100644));
    for (size_t i = 0; i + 1 < two.n; i++)
        if (two.p[i] == 'a' && two.p[i + 1] == 'b')
            ((char *)(uintptr_t)two.p)[i + 1] = 'a';
    refused(two);
    refused(SV(""));
    refused(SV("PK\x05\x06 and nothing else"));
    refused(sv_make(fine.p, fine.n - 1));
}

/* One bit anywhere in what is stored: reading says so. */
static void test_zip_damage(void **state)
{
    static const char *const names[] = { "a" };
    struct sv whole = foreign(names, 1, 0100644), out;
    size_t found = 0;
    (void)state;
    for (size_t i = 0; i < whole.n; i++) {
        struct sv copy = arena_sv(arena, whole);
        ((char *)(uintptr_t)copy.p)[i] ^= 4;
        struct zip_pack *p = zip_pack_of(copy, &err);
        bool same = p && zip_pack_count(p) == 1 && sv_is(zip_pack_entry(p, 0)->name, "a") &&
                    zip_pack_load(p, 0, 10, arena, &out, &err) == 0 && !sv_is(out, "x");
        assert_false(same); /* never another content under the same name */
        found += p == NULL;
        zip_pack_close(p);
    }
    assert_true(found > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_P31_complete),   cmocka_unit_test(test_P31_each_piece),
        cmocka_unit_test(test_P31_random),     cmocka_unit_test(test_P31_other_row),
        cmocka_unit_test(test_P31_in_the_way), cmocka_unit_test(test_P31_materials),
        cmocka_unit_test(test_names),          cmocka_unit_test(test_paths),
        cmocka_unit_test(test_zip_round),      cmocka_unit_test(test_zip_suspicion),
        cmocka_unit_test(test_zip_damage),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
