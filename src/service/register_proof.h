/* register_proof: that an entry of the register rests on an act of the log (R8.3).
 *
 * As JSON, the same for a page, a file and another program (docs/register.md): a signed head, the way from the
 * act's leaf to its root, and the act itself when there is nothing in it but what anybody may read.
 */
#ifndef YZ_SERVICE_REGISTER_PROOF_H
#define YZ_SERVICE_REGISTER_PROOF_H

#include "domain/licence/verdict.h"
#include "service/ledger.h"

/* New references. */
json_t *proof_head_json(const struct tree_head_row *h);
json_t *proof_path_json(const struct ledger_proof *p); /* seq, size, leaf, path, root */
json_t *proof_consistency_json(const struct ledger_consistency *c);

/* Entry seq with a signed head that has it (signed now when there is none yet): {kind "inclusion", seq, size, leaf, path,
 * root, head, entry}. entry: the canonical bytes in hex, or null. size: of a signed head, 0 = the newest.
 * NULL with e. */
json_t *proof_of_entry(struct app *app, int64_t seq, int64_t size, struct err *e);
/* From the signed head of size `from` to that of size `to` (0: the newest): {kind "consistency", from, to, path, from_root,
 * to_root, from_head, to_head}; a head is null when none of that size was signed. NULL with e. */
json_t *proof_of_growth(struct app *app, int64_t from, int64_t to, struct err *e);

/* May anybody read this act: not an applicant's own, and only members that are public? */
bool proof_may_show(const struct ledger_row *row);

/* ---- checking, without a database (proof_check.c) ---- */
/* One sentence on *said (on a). True when the proof holds and the head's key is trusted. published: another
 * signed head that must be the proof's own or agree with it; NULL none. */
bool proof_check(const json_t *proof, const json_t *published, const struct trust *trust,
                 struct arena *a, struct sv *said);

#endif
