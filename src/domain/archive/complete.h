/* complete: is the archive of a closed case complete (P31)? Pure.
 *
 * What happened in a case is a list of facts, what is in its package a list of pieces. RULES says for every
 * fact which piece must be there, which other fact must hold, or that it stands in the way at all; a fact
 * and a piece belong together when both carry the same ref (id of the row that it is about, 0 the case
 * itself) and the same code. So the same rule serves the program (facts from its rows) and whoever checks
 * a package in years (facts from the manifest). See docs/archive.md.
 */
#ifndef YZ_DOMAIN_ARCHIVE_COMPLETE_H
#define YZ_DOMAIN_ARCHIVE_COMPLETE_H

#include "base/arena.h"

/* X(NAME, stable key). */
#define ARCHIVE_FACT_LIST(X)                                                                      \
    X(FILED, "filed")                         /* the case was handed in */                        \
    X(FILE_GIVEN, "file")                     /* ref: attachment; code: material */               \
    X(MATERIAL_ASKED, "material")             /* code; of a permit that was granted */            \
    X(MATERIAL_SHARED, "shared")              /* code: the licence library vouches for it */      \
    X(PROMISED, "promised")                   /* ref: commitment; code: material */               \
    X(PROMISE_SETTLED, "promise_settled")     /* code: confirmed, broken or gone with its case */ \
    X(PROMISE_OPEN, "promise_open")           /* ref: commitment */                               \
    X(CORRECTION_SENT, "correction")          /* ref: round */                                    \
    X(CORRECTION_OPEN, "correction_open")                                                         \
    X(ACCEPTED, "accepted")                   /* ref: item, also below where nothing else is said */ \
    X(SPECIAL, "special")                     /* ref: special procedure */                        \
    X(SPECIAL_OPEN, "special_open")                                                               \
    X(EXTENDED, "extended")                   /* ref: extension */                                \
    X(HEARING, "hearing")                     /* code: told, noticed */                           \
    X(VISIT_ANNOUNCED, "visit")               /* ref: visit */                                    \
    X(VISIT_OPEN, "visit_open")               /* ref: visit */                                    \
    X(INSPECTED, "inspected")                 /* ref: part of a visit */                          \
    X(PHOTO_TAKEN, "photo")                   /* ref: photo */                                    \
    X(ITEM_OPEN, "item_open")                                                                     \
    X(DECIDED, "decided")                     /* granted, denied, refused, filed */               \
    X(ENDED, "ended")                         /* withdrawn, ended without a decision */           \
    X(NOT_ISSUED, "not_issued")               /* something is granted and on no licence */        \
    X(ISSUED, "issued")                       /* ref: version of the licence */                   \
    X(PERMIT_GRANTED, "permit")               /* ref: permit */                                   \
    X(TO_DELIVER, "to_deliver")               /* ref: item, 0: the licence */

/* X(NAME, stable key, Chinese, category). */
#define ARCHIVE_PIECE_LIST(X)                                                                     \
    X(README, "readme", "说明文件", GENERAL)                                                      \
    X(CONTENTS, "contents", "案卷目录", GENERAL)                                                  \
    X(METADATA, "metadata", "元数据", GENERAL)                                                    \
    X(FORM, "form", "申请表", APPLICATION)                                                        \
    X(FORM_DATA, "form_data", "申请表数据", APPLICATION)                                          \
    X(FORM_BEFORE, "form_before", "补正前的申请表数据", APPLICATION)                              \
    X(MATERIAL, "material", "申请材料", APPLICATION)                                              \
    X(COMMITMENT, "commitment", "容缺受理承诺书", APPLICATION)                                    \
    X(RECEIPT, "receipt", "收件回执", ACCEPTANCE)                                                 \
    X(NOTICE, "notice", "一次告知书", ACCEPTANCE)                                                 \
    X(CORRECTION, "correction", "补正通知书", ACCEPTANCE)                                         \
    X(ACCEPTANCE, "acceptance", "受理通知书", ACCEPTANCE)                                         \
    X(SPECIAL, "special", "特别程序告知书", REVIEW)                                               \
    X(EXTENSION, "extension", "延期通知书", REVIEW)                                               \
    X(HEARING, "hearing", "听证文书", REVIEW)                                                     \
    X(VISIT, "visit", "现场核查通知书", REVIEW)                                                   \
    X(INSPECTION, "inspection", "现场核查记录表", REVIEW)                                         \
    X(PHOTO, "photo", "现场核查照片", REVIEW)                                                     \
    X(DECISION, "decision", "决定书", DECISION)                                                   \
    X(ENDED, "ended", "终止办理通知书", DECISION)                                                 \
    X(LICENCE_PDF, "licence_pdf", "行业综合许可证（PDF）", LICENCE)                               \
    X(LICENCE_OFD, "licence_ofd", "行业综合许可证（OFD）", LICENCE)                               \
    X(PERMIT_PDF, "permit_pdf", "许可证件（PDF）", LICENCE)                                       \
    X(PERMIT_OFD, "permit_ofd", "许可证件（OFD）", LICENCE)                                       \
    X(DELIVERY, "delivery", "送达回证", DELIVERY)                                                 \
    X(LOG, "log", "办理日志", LOG)                                                                \
    X(PROOFS, "proofs", "日志存在证明", LOG)                                                      \
    X(HEAD, "head", "签名树头", LOG)                                                              \
    X(KEY, "key", "签名公钥和证书", GENERAL)

/* X(NAME, folder in the package). */
#define ARCHIVE_CATEGORY_LIST(X)                                                                  \
    X(GENERAL, "")                                                                                \
    X(APPLICATION, "1-申请")                                                                      \
    X(ACCEPTANCE, "2-受理")                                                                       \
    X(REVIEW, "3-审查")                                                                           \
    X(DECISION, "4-决定")                                                                         \
    X(LICENCE, "5-证照")                                                                          \
    X(DELIVERY, "6-送达")                                                                         \
    X(LOG, "7-日志")

#define ARCHIVE_ENUM_(prefix, name) prefix##name,
enum archive_fact_kind {
#define X(name, key) ARCHIVE_ENUM_(FACT_OF_, name)
    ARCHIVE_FACT_LIST(X)
#undef X
    ARCHIVE_FACTS
};
enum archive_category {
#define X(name, folder) ARCHIVE_ENUM_(CATEGORY_, name)
    ARCHIVE_CATEGORY_LIST(X)
#undef X
    ARCHIVE_CATEGORIES
};
enum archive_piece_kind {
#define X(name, key, text, category) ARCHIVE_ENUM_(PIECE_, name)
    ARCHIVE_PIECE_LIST(X)
#undef X
    ARCHIVE_PIECES
};

struct archive_fact { enum archive_fact_kind kind; int64_t ref; struct sv code;
                      struct sv label; /* what people call it: 食品经营许可证 */ };
struct archive_piece { enum archive_piece_kind kind; int64_t ref; struct sv code; };

/* Where a person mends it: "window", "department", "bureau", "applicant", "platform". */
struct archive_problem { const char *code; struct sv text; const char *where;
                         const struct archive_fact *fact; };

const char *archive_fact_key(enum archive_fact_kind k);
bool archive_fact_of(struct sv key, enum archive_fact_kind *out);
const char *archive_piece_key(enum archive_piece_kind k);
const char *archive_piece_text(enum archive_piece_kind k);
bool archive_piece_of(struct sv key, enum archive_piece_kind *out);
enum archive_category archive_category_of(enum archive_piece_kind k);
const char *archive_folder(enum archive_category c); /* "1-申请", "" the top */

/* Everything that is missing or in the way, at once, in the order of the facts. Texts on a. */
void archive_check(const struct archive_fact *facts, size_t n_facts,
                   const struct archive_piece *pieces, size_t n_pieces, struct arena *a,
                   struct archive_problem **out, size_t *n);

#endif
