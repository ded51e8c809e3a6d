/* acts: what applicants, departments and the clock do to submitted cases (PROCESS.md).
 *
 * Each is one transaction: re-read, ask the table (domain/case/item.c), change items, derive the
 * case, append to the ledger, tell people. Reading and computing (validation, digests) happens
 * before, on the caller's thread; the transaction checks that nothing changed meanwhile.
 */
#ifndef YZ_SERVICE_ACTS_H
#define YZ_SERVICE_ACTS_H

#include "service/bundle.h"

/* ---- applicant (or clerk on behalf) ---- */
/* P1: number, items, receipt. */
int case_submit(struct app *app, const struct command *cmd, int64_t case_id, struct err *e);
/* P6: the answer to the issued correction. */
int case_supplement(struct app *app, const struct command *cmd, int64_t case_id, struct err *e);
/* P13: items == NULL or empty: all open ones. */
int case_withdraw(struct app *app, const struct command *cmd, int64_t case_id, struct sv reason,
                  const json_t *items, struct err *e);

/* ---- department ---- */
struct act_input {
    struct sv reason, basis, right_organ, note, number;
    int32_t valid_from, valid_until; /* DATE_NONE = as suggested */
    const json_t *entries;           /* [{kind,code,what,why}] */
};
/* accept, refuse, ask_correction, grant, deny. */
int item_act(struct app *app, const struct command *cmd, int64_t item_id, enum act act,
             const struct act_input *in, struct err *e);
/* An item with its case as its department (or the bureau) sees it; ERR_NOT_FOUND otherwise. */
int item_open_for(struct app *app, const struct actor *actor, int64_t item_id, unsigned parts,
                  struct arena *a, struct bundle *b, size_t *index, struct err *e);
/* What the table needs to know about this actor and item. */
struct item_facts item_facts_of(const struct app *app, const struct bundle *b,
                                const struct item_row *i, const struct actor *actor,
                                int32_t today);
/* Dates and (if the platform numbers this permit) nothing yet: the number is drawn on granting. */
struct grant_dates { int32_t valid_from, valid_until; };
struct grant_dates grant_suggest(const struct permit_type *p, int32_t today);

/* ---- bureau ---- */
/* P22: the comprehensive licence; number on a. */
int case_issue(struct app *app, const struct command *cmd, int64_t case_id, struct arena *a,
               struct sv *number, struct err *e);

/* ---- the clock (P4, P5, P7): everything that fell due before today; returns acts done ---- */
int clock_run(struct app *app, int64_t now, struct err *e);

/* ---- shared by the files of acts ---- */
/* In a transaction: write item i of b (version + 1), with its clock set anew. */
int acts_put_item(struct app *app, struct db_conn *c, struct bundle *b, size_t i, struct err *e);
/* Derive and write the case row. */
int acts_put_case(struct db_conn *c, struct bundle *b, int64_t now, struct err *e);
/* Append to the ledger; body is taken over. item_index < 0: about the case. */
int acts_log(struct app *app, struct db_conn *c, const struct bundle *b, int item_index,
             enum act act, const struct actor *actor, int32_t effective_on, json_t *body,
             int64_t now, struct err *e);
/* P4: send the consolidated notice when every department has spoken, or its day came. */
int correction_send_if_due(struct app *app, struct db_conn *c, struct bundle *b, bool forced,
                           int64_t now, struct err *e);
/* Working days to answer: the longest time that any asking permit gives. */
int64_t correction_days(const struct bundle *b);
/* When an answered or abandoned round leaves nobody correcting, close it. */
int correction_close_if_done(struct db_conn *c, struct bundle *b, const char *state,
                             struct err *e);
/* Tell the applicant when the last item closed. */
int acts_tell_if_closed(struct db_conn *c, const struct bundle *b, int64_t now, struct err *e);

#endif
