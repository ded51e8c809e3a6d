/* archive_verify: is this package whole and genuine? Needs nothing but the package and whom to trust: no
 * server, no database (R8.2: validity, completeness, legality). See docs/archive.md.
 *
 * Every check is done as far as the package allows, whatever the others say; what is wrong is said in Chinese.
 * For packages from anywhere: nothing in it is believed before it is checked.
 */
#ifndef YZ_SERVICE_ARCHIVE_VERIFY_H
#define YZ_SERVICE_ARCHIVE_VERIFY_H

#include "base/err.h"
#include "doc/zip_pack.h"
#include "domain/licence/verdict.h"

/* X(NAME, stable key, Chinese). */
#define ARCHIVE_CHECK_LIST(X)                                                                     \
    X(MANIFEST, "manifest", "清单可读")                                                           \
    X(FILES, "files", "文件完整（摘要、大小、不多不少）")                                         \
    X(FORMATS, "formats", "文件可用（格式与登记相符）")                                           \
    X(COMPLETE, "complete", "案卷齐全")                                                           \
    X(SIGNATURE, "signature", "清单签名")                                                         \
    X(TRUST, "trust", "签名密钥可信")                                                             \
    X(LOG, "log", "办理日志与案卷相符")                                                           \
    X(PROOFS, "proofs", "日志存在证明")                                                           \
    X(HEAD, "head", "签名树头")                                                                   \
    X(SEALS, "seals", "证照的电子签章")
enum archive_check_kind {
#define X(name, key, text) CHECK_##name,
    ARCHIVE_CHECK_LIST(X)
#undef X
    ARCHIVE_CHECKS
};
const char *archive_check_key(enum archive_check_kind k);
const char *archive_check_text(enum archive_check_kind k);

enum archive_result { RESULT_NOT_DONE, RESULT_GOOD, RESULT_BAD, RESULT_OPEN /* cannot be told */ };
enum { ARCHIVE_FINDINGS_MAX = 200 };
struct archive_finding { enum archive_check_kind check; struct sv text; };

struct archive_report {
    enum archive_result result[ARCHIVE_CHECKS];
    struct archive_finding findings[ARCHIVE_FINDINGS_MAX]; size_t n_findings;
    struct sv number, holder, key_id, signer; /* signer: whom the key belongs to, "" not known */
    int64_t made_ms;
    size_t n_files, n_acts, n_seals;
};

/* trust: may have no issuers; ca: a root certificate as DER, or "". Texts on a. All results stand in out;
 * true when every check is good. */
bool archive_verify(struct zip_pack *p, const struct trust *trust, struct sv ca, struct arena *a,
                    struct archive_report *out);

#endif
