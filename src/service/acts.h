/* acts: what applicants, departments and the clock do to submitted cases (PROCESS.md).
 *
 * Each is one transaction: re-read, ask the table (domain/case/transition.c), change items, derive the
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

/* P9, art. 47: the applicant asks for the hearing told of (ACT_ASK_HEARING), or waives it. */
int case_hearing(struct app *app, const struct command *cmd, int64_t case_id, int64_t item_id,
                 enum act act, struct err *e);
/* P17: electronic delivery: the applicant confirms that decisions and licence have arrived. */
struct delivery_input { struct sv method, receiver, relation, tracking; const json_t *items; };
int case_deliver(struct app *app, const struct command *cmd, int64_t case_id,
                 const struct delivery_input *in, struct err *e);

/* ---- department ---- */
struct act_input {
    struct sv reason, basis, right_organ, note, number;
    int32_t valid_from, valid_until; /* DATE_NONE = as suggested */
    const json_t *entries;           /* ask_correction: [{kind,code,what,why}] */
    bool false_material;             /* deny: for false material (P33) */
    struct sv kind, title;           /* open_special */
    int64_t days;                    /* open_special: working days, told in writing */
    struct sv result;                /* close_special; inspect: pass, rectify, fail */
    const json_t *parties;           /* tell_hearing: [{name, contact, interest}] */
    bool applicant_only;             /* tell_hearing: nobody else is concerned */
    struct sv asked_by;              /* ask_hearing recorded for a third party */
    int32_t on;                      /* notify_hearing: date */
    struct sv time, place, chair;    /* notify_hearing */
    struct sv minutes;               /* hold_hearing */
    const json_t *checks;            /* inspect: {code: {result, note}} */
    struct sv findings;              /* inspect */
    int32_t rectify_by;              /* inspect: rectify until */
    int64_t taken_at;                /* inspect: when it was written down on the phone; 0 = now */
    struct sv material;              /* confirm_commitment */
};
#define ACT_INPUT_NONE                                                                           \
    ((struct act_input){ .valid_from = DATE_NONE, .valid_until = DATE_NONE, .on = DATE_NONE,     \
                         .rectify_by = DATE_NONE })
/* Every act that ITEM_TABLE gives to departments and their heads. */
int item_act(struct app *app, const struct command *cmd, int64_t item_id, enum act act,
             const struct act_input *in, struct err *e);
/* An item with its case as its department (or the bureau) sees it; ERR_NOT_FOUND otherwise. */
int item_open_for(struct app *app, const struct actor *actor, int64_t item_id, unsigned parts,
                  struct arena *a, struct bundle *b, size_t *index, struct err *e);
/* facts.c: what holds of this item for this actor (NULL = the clock) on a day, apart from what
 * comes with an act. Needs WITH_COMMITMENTS, and WITH_VISITS for acts on inspections. */
uint64_t item_facts_of(const struct bundle *b, const struct item_row *i,
                       const struct actor *actor, int32_t today);
/* Bits of actor_kind that an actor is towards an item. */
unsigned actor_kinds(const struct actor *actor);
bool item_filing(const struct bundle *b, const struct item_row *i);
/* Dates and (if the platform numbers this permit) nothing yet: the number is drawn on granting. */
struct grant_dates { int32_t valid_from, valid_until; };
struct grant_dates grant_suggest(const struct permit_type *p, int32_t today);

/* Who has an item in hand inside its department (officer 0: nobody). Not an act of the law: no
 * ledger entry, but who handed over to whom is kept as a message. */
int item_assign(struct app *app, const struct command *cmd, int64_t item_id, int64_t officer,
                struct err *e);

/* ---- joint inspection (visits.c) ---- */
struct visit_input { int32_t on; struct sv time, place, note, reason; int64_t officer_a, officer_b;
                     int32_t counter_on; };
/* A first or another date for the visit of a case; *visit gets its id. */
int visit_propose(struct app *app, const struct command *cmd, int64_t case_id,
                  const struct visit_input *in, int64_t *visit, struct err *e);
/* ACT_AGREE_VISIT, ACT_DECLINE_VISIT, ACT_CANCEL_VISIT, for all parts of the department. */
int visit_act(struct app *app, const struct command *cmd, int64_t visit_id, enum act act,
              const struct visit_input *in, struct err *e);
/* A visit with its case, for somebody who takes part in it or watches it; ERR_NOT_FOUND. */
int visit_open_for(struct app *app, const struct actor *actor, int64_t visit_id, unsigned parts,
                   struct arena *a, struct bundle *b, struct visit_row **visit, struct err *e);
struct new_photo { struct sv check_code, name; int64_t item_id, size, taken_at;
                   struct sm3_hash hash; const char *media_type; };
/* The blob is on disk already. The same content for the same check is kept once. */
int visit_add_photo(struct app *app, const struct command *cmd, int64_t visit_id,
                    const struct new_photo *in, int64_t *id, struct err *e);

/* ---- government ---- */
/* P16: 15 more days for the whole case. */
int case_extend_joint(struct app *app, const struct command *cmd, int64_t case_id,
                      struct sv reason, struct err *e);

/* ---- bureau ---- */
/* P22: the comprehensive licence; number on a. */
int case_issue(struct app *app, const struct command *cmd, int64_t case_id, struct arena *a,
               struct sv *number, struct err *e);

/* ---- the clock (P4, P5, P7): everything that fell due before today; returns acts done ---- */
int clock_run(struct app *app, int64_t now, struct err *e);

/* ---- shared by the files of acts ---- */

/* One act on one item. Between acts_begin and acts_end the caller changes what else the act
 * changes of the item. */
struct step {
    enum act act;
    unsigned by;
    uint64_t facts;
    const struct actor *actor; /* NULL = the clock */
    int32_t on;                /* effective date; may precede the last act's only for P5 */
    int64_t days;              /* of an extension */
    struct sv reason, paper;   /* evidence for the clock's event (P20) */
    json_t *body;              /* for the ledger; taken over by acts_end, also when it fails */
    int64_t now;
    int64_t seq;                  /* of the ledger entry, by acts_end */
    const struct transition *row; /* by acts_begin */
};
/* Ask the table. 0 or the refusal. */
int acts_begin(const struct bundle *b, const struct item_row *i, struct step *s, struct err *e);
/* Move state and clock, write item, event and ledger entry. */
int acts_end(struct app *app, struct db_conn *c, struct bundle *b, size_t i, struct step *s,
             struct err *e);
/* In a transaction: write item i of b (version + 1), with its due dates set anew. */
int acts_put_item(struct app *app, struct db_conn *c, struct bundle *b, size_t i, struct err *e);
/* P17: the last day for what is decided or issued and has not arrived. Not written. */
void acts_set_delivery(struct app *app, struct bundle *b);
/* Move the joint clock, derive and write the case row; b with items and correction. */
int acts_put_case(struct app *app, struct db_conn *c, struct bundle *b, int64_t now,
                  struct err *e);
/* Append to the ledger; body is taken over. item_index < 0: about the case. */
int acts_log(struct app *app, struct db_conn *c, const struct bundle *b, int item_index,
             enum act act, const struct actor *actor, int32_t effective_on, json_t *body,
             int64_t now, struct err *e);
/* P4: send the consolidated notice when every department has spoken, or its day came. */
int correction_send_if_due(struct app *app, struct db_conn *c, struct bundle *b, bool forced,
                           int64_t now, struct err *e);
/* The notice's length: the longest answer time any asking permit gives, in working days. */
int64_t correction_days(const struct bundle *b);
/* When an answered or abandoned round leaves nobody correcting, close it. */
int correction_close_if_done(struct db_conn *c, struct bundle *b, const char *state,
                             struct err *e);
/* Tell the applicant when the last item closed. */
int acts_tell_if_closed(struct app *app, struct db_conn *c, const struct bundle *b, int64_t now,
                        struct err *e);

#endif
