/* tolerance: tolerated materials 承诺制容缺受理 (R3.4, P12, P32): promised with a due date at
 * submission, collected and confirmed on site, reminded of, broken when the day has passed. */
#ifndef YZ_SERVICE_TOLERANCE_H
#define YZ_SERVICE_TOLERANCE_H

#include "service/acts.h"

/* In the transaction that hands in: a commitment for every material promised (and not yet in
 * the table). b: with form, files and commitments as handed in, resolved. What was promised is
 * added to list, for the ledger. */
int tolerance_promise(struct app *app, struct db_conn *c, struct bundle *b,
                      const struct command *cmd, json_t *list, struct err *e);
/* P32: remind in time, record what was not kept. *done is set when anything changed. */
int tolerance_tick(struct app *app, struct db_conn *c, struct bundle *b, int64_t now, int *done,
                   struct err *e);
/* The letter's text, whose digest the applicant confirmed: on a. */
struct sv tolerance_text(const struct bundle *b, struct sv material_name, int32_t due_on,
                         struct sv signer, struct arena *a);
/* Is this material promised and not confirmed? Then it may be handed in at any time. */
bool tolerance_open(const struct bundle *b, struct sv material);
/* An officer hands in what was collected on site for a promised material. */
struct new_file;
/* The same questions before the bytes are kept: a refused file leaves nothing behind. */
int tolerance_collect_allowed(struct app *app, const struct command *cmd, int64_t item_id,
                              struct sv material, struct err *e);
int tolerance_collect(struct app *app, const struct command *cmd, int64_t item_id,
                      const struct new_file *f, int64_t *id, struct err *e);

#endif
