/* complete: see complete.h. RULES is the rule. */
#include "domain/archive/complete.h"

enum demand { NEEDS_PIECE, NEEDS_FACT, IN_THE_WAY };

/* One line of the rule; text has one %s for the fact's label. others: kinds of facts one of which must hold
 * with the same code (NEEDS_FACT). */
struct rule {
    enum archive_fact_kind fact;
    enum demand demand;
    enum archive_piece_kind piece;
    unsigned others;
    const char *code, *where, *text;
};

#define PIECE(fact, piece, code, where, text)                                                     \
    { FACT_OF_##fact, NEEDS_PIECE, PIECE_##piece, 0, code, where, text }
#define STOPS(fact, code, where, text) { FACT_OF_##fact, IN_THE_WAY, PIECE_README, 0, code, where, text }
#define BIT(fact) (1u << FACT_OF_##fact)

static const struct rule RULES[] = {
    STOPS(ITEM_OPEN, "item_open", "department", "“%s”还没有办结"),
    STOPS(NOT_ISSUED, "licence_not_issued", "bureau", "已有许可准予，还没有统一颁发行业综合许可证%s"),
    STOPS(CORRECTION_OPEN, "correction_open", "applicant", "补正还没有了结%s"),
    STOPS(SPECIAL_OPEN, "special_open", "department", "“%s”的特别程序还没有结束"),
    STOPS(VISIT_OPEN, "visit_open", "department", "%s的现场核查还没有完成或取消"),
    STOPS(PROMISE_OPEN, "promise_open", "department", "承诺后补的“%s”还没有收取、确认，也没有认定逾期"),
    PIECE(TO_DELIVER, DELIVERY, "delivery_missing", "window", "缺少“%s”的送达回证：请登记送达"),
    PIECE(FILED, FORM, "form_missing", "platform", "缺少申请表%s"),
    PIECE(FILED, FORM_DATA, "form_data_missing", "platform", "缺少申请表的数据%s"),
    PIECE(FILED, METADATA, "metadata_missing", "platform", "缺少元数据%s"),
    PIECE(FILED, CONTENTS, "contents_missing", "platform", "缺少案卷目录%s"),
    PIECE(FILED, README, "readme_missing", "platform", "缺少说明文件%s"),
    PIECE(FILED, RECEIPT, "receipt_missing", "platform", "缺少收件回执%s"),
    PIECE(FILED, NOTICE, "notice_missing", "platform", "缺少一次告知书%s"),
    PIECE(FILE_GIVEN, MATERIAL, "file_missing", "platform",
          "申请材料“%s”的文件不在存储中，或内容与登记的摘要不符：请从备份恢复"),
    { FACT_OF_MATERIAL_ASKED, NEEDS_FACT, PIECE_README,
      BIT(FILE_GIVEN) | BIT(MATERIAL_SHARED) | BIT(PROMISE_SETTLED), "material_missing", "window",
      "准予的许可要求材料“%s”，办件中没有，也没有承诺和收取记录" },
    PIECE(PROMISED, COMMITMENT, "commitment_missing", "platform", "缺少“%s”的容缺受理承诺书"),
    PIECE(CORRECTION_SENT, CORRECTION, "correction_missing", "platform", "缺少%s的补正通知书"),
    PIECE(ACCEPTED, ACCEPTANCE, "acceptance_missing", "platform", "缺少“%s”的受理通知书"),
    PIECE(SPECIAL, SPECIAL, "special_missing", "platform", "缺少“%s”的特别程序告知书"),
    PIECE(EXTENDED, EXTENSION, "extension_missing", "platform", "缺少“%s”的延期通知书"),
    PIECE(HEARING, HEARING, "hearing_missing", "platform", "缺少“%s”的听证告知书或听证通知书"),
    PIECE(VISIT_ANNOUNCED, VISIT, "visit_missing", "platform", "缺少%s的现场核查通知书"),
    PIECE(INSPECTED, INSPECTION, "inspection_missing", "platform", "缺少“%s”的现场核查记录表"),
    PIECE(PHOTO_TAKEN, PHOTO, "photo_missing", "platform",
          "现场核查照片“%s”不在存储中，或内容与登记的摘要不符：请从备份恢复"),
    PIECE(DECIDED, DECISION, "decision_missing", "platform", "缺少“%s”的决定书"),
    PIECE(ENDED, ENDED, "ended_missing", "platform", "缺少“%s”的终止办理通知书"),
    PIECE(ISSUED, LICENCE_PDF, "licence_pdf_missing", "platform", "缺少%s的行业综合许可证（PDF）"),
    PIECE(ISSUED, LICENCE_OFD, "licence_ofd_missing", "platform", "缺少%s的行业综合许可证（OFD）"),
    PIECE(PERMIT_GRANTED, PERMIT_PDF, "permit_pdf_missing", "platform", "缺少“%s”的许可证件（PDF）"),
    PIECE(PERMIT_GRANTED, PERMIT_OFD, "permit_ofd_missing", "platform", "缺少“%s”的许可证件（OFD）"),
    PIECE(FILED, LOG, "log_missing", "platform", "缺少办理日志%s"),
    PIECE(FILED, PROOFS, "proofs_missing", "platform", "缺少日志的存在证明%s"),
    PIECE(FILED, HEAD, "head_missing", "platform", "缺少日志的签名树头%s"),
    PIECE(FILED, KEY, "key_missing", "platform", "缺少签名公钥和证书%s"),
};
enum { N_RULES = sizeof RULES / sizeof RULES[0] };

static bool piece_there(const struct archive_piece *pieces, size_t n, const struct rule *r,
                        const struct archive_fact *f)
{
    for (size_t i = 0; i < n; i++)
        if (pieces[i].kind == r->piece && pieces[i].ref == f->ref && sv_eq(pieces[i].code, f->code))
            return true;
    return false;
}

static bool fact_there(const struct archive_fact *facts, size_t n, const struct rule *r,
                       const struct archive_fact *f)
{
    for (size_t i = 0; i < n; i++)
        if ((r->others >> facts[i].kind & 1) && sv_eq(facts[i].code, f->code))
            return true;
    return false;
}

void archive_check(const struct archive_fact *facts, size_t n_facts,
                   const struct archive_piece *pieces, size_t n_pieces, struct arena *a,
                   struct archive_problem **out, size_t *n)
{
    *out = arena_array(a, n_facts * 12 + 1, sizeof **out); /* no kind has as many rules */
    *n = 0;
    for (size_t i = 0; i < n_facts; i++)
        for (size_t k = 0; k < N_RULES; k++) {
            const struct rule *r = &RULES[k];
            if (r->fact != facts[i].kind)
                continue;
            bool good = r->demand == NEEDS_PIECE  ? piece_there(pieces, n_pieces, r, &facts[i])
                        : r->demand == NEEDS_FACT ? fact_there(facts, n_facts, r, &facts[i])
                                                  : false;
            if (!good)
                (*out)[(*n)++] = (struct archive_problem){
                    r->code, arena_printf_sv(a, r->text, arena_dup(a, facts[i].label)), r->where,
                    &facts[i] };
        }
}

/* ---- names ---- */

static const char *const FACT_KEYS[ARCHIVE_FACTS] = {
#define X(name, key) key,
    ARCHIVE_FACT_LIST(X)
#undef X
};

static const struct { const char *key, *text; enum archive_category category; }
    PIECE_NAMES[ARCHIVE_PIECES] = {
#define X(name, key, text, category) { key, text, CATEGORY_##category },
    ARCHIVE_PIECE_LIST(X)
#undef X
};

static const char *const FOLDERS[ARCHIVE_CATEGORIES] = {
#define X(name, folder) folder,
    ARCHIVE_CATEGORY_LIST(X)
#undef X
};

const char *archive_fact_key(enum archive_fact_kind k)
{
    return FACT_KEYS[k];
}

bool archive_fact_of(struct sv key, enum archive_fact_kind *out)
{
    for (int k = 0; k < ARCHIVE_FACTS; k++)
        if (sv_is(key, FACT_KEYS[k])) {
            *out = (enum archive_fact_kind)k;
            return true;
        }
    return false;
}

const char *archive_piece_key(enum archive_piece_kind k)
{
    return PIECE_NAMES[k].key;
}

const char *archive_piece_text(enum archive_piece_kind k)
{
    return PIECE_NAMES[k].text;
}

bool archive_piece_of(struct sv key, enum archive_piece_kind *out)
{
    for (int k = 0; k < ARCHIVE_PIECES; k++)
        if (sv_is(key, PIECE_NAMES[k].key)) {
            *out = (enum archive_piece_kind)k;
            return true;
        }
    return false;
}

enum archive_category archive_category_of(enum archive_piece_kind k)
{
    return PIECE_NAMES[k].category;
}

const char *archive_folder(enum archive_category c)
{
    return FOLDERS[c];
}
