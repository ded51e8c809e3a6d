/* review: what the files of the departments' acts share. An act of a department is one row of
 * ACT_EFFECTS (review.c): what to read first, what to check of the input, which facts the input
 * makes true, and what else changes once the table has said yes. */
#ifndef YZ_SERVICE_REVIEW_H
#define YZ_SERVICE_REVIEW_H

#include "service/acts.h"

struct review_ctx {
    struct app *app;
    const struct command *cmd;
    struct arena *arena;
    const struct act_input *in;
    enum act act;
    int64_t item_id;
    struct bundle *seen; /* read before the transaction, with form and files, resolved */
    size_t seen_index;
    struct bundle now;   /* as it is inside the transaction */
    size_t at;           /* index of the item in now */
    struct entry_row *entries; size_t n_entries; /* checked correction entries */
    bool entries_new;
    json_t *parties, *checks; /* checked copies; freed by item_act */
    struct permit_row permit; /* that this grant made or changes; id 0: none */
};

static inline struct item_row *review_item(struct review_ctx *x)
{
    return &x->now.items[x->at];
}

static inline int32_t review_day(const struct review_ctx *x)
{
    return date_of_ms(x->cmd->now);
}

static inline const struct calendar *review_calendar(const struct review_ctx *x)
{
    return app_calendar(x->app, x->now.row.region);
}

/* What an act changes beside state and clock. All return 0 or ERR_*; NULL where nothing. */
struct act_effect {
    enum act act;
    unsigned seen, now;                                   /* parts to read before and inside */
    int (*check)(struct review_ctx *x, struct err *e);    /* of the input, all problems at once */
    uint64_t (*facts)(const struct review_ctx *x);        /* that come with the input */
    int (*apply)(struct db_conn *c, struct review_ctx *x, struct step *s, struct err *e);
    bool by_part; /* If-Match is the version of the visit's part, not of the item: what a phone
                   * took along stays good while other acts go on */
};

/* ---- correction.c ---- */
/* Check and label the entries of a correction request against what the permit asks for. */
int correction_read_entries(struct review_ctx *x, struct err *e);
/* Join the draft of this round, or open one, and add the entries. */
int correction_add(struct db_conn *c, struct review_ctx *x, struct step *s, struct err *e);

/* ---- grant.c ---- */
/* Check number and dates given for a grant, all problems at once. */
int grant_check(struct review_ctx *x, struct err *e);
/* Draw or take the number, record the statutory permit, fill the item. */
int grant_permit(struct db_conn *c, struct review_ctx *x, struct step *s, struct err *e);
/* After the ledger entry: the event of the new permit, or the change of the one that the case is
 * about, with the next version of its licence (P23). */
int grant_finish(struct db_conn *c, struct review_ctx *x, const struct step *s, struct err *e);
/* Denied: for false material it bans (P33). */
int grant_deny(struct db_conn *c, struct review_ctx *x, struct step *s, struct err *e);
/* After the entry of a denial: who would supervise is told (P30). */
int grant_denied(struct db_conn *c, struct review_ctx *x, const struct step *s, struct err *e);

/* ---- special.c ---- */
int special_check(struct review_ctx *x, struct err *e);
uint64_t special_facts(const struct review_ctx *x);
int special_apply_open(struct db_conn *c, struct review_ctx *x, struct step *s, struct err *e);
int special_apply_close(struct db_conn *c, struct review_ctx *x, struct step *s, struct err *e);
int special_apply_extend(struct db_conn *c, struct review_ctx *x, struct step *s, struct err *e);
/* Stop the clock of an item for a procedure (in a transaction); s gets the evidence. */
int special_begin(struct app *app, struct db_conn *c, struct bundle *b, size_t i,
                  const struct special_row *what, struct step *s, struct err *e);

/* ---- hearing.c ---- */
int hearing_check(struct review_ctx *x, struct err *e);
uint64_t hearing_input_facts(const struct review_ctx *x);
int hearing_apply_tell(struct db_conn *c, struct review_ctx *x, struct step *s, struct err *e);
int hearing_apply_ask(struct db_conn *c, struct review_ctx *x, struct step *s, struct err *e);
int hearing_apply_notify(struct db_conn *c, struct review_ctx *x, struct step *s, struct err *e);
int hearing_apply_hold(struct db_conn *c, struct review_ctx *x, struct step *s, struct err *e);

/* ---- inspect.c ---- */
int inspect_check(struct review_ctx *x, struct err *e);
uint64_t inspect_facts(const struct review_ctx *x);
int inspect_apply_record(struct db_conn *c, struct review_ctx *x, struct step *s, struct err *e);
int inspect_apply_confirm(struct db_conn *c, struct review_ctx *x, struct step *s, struct err *e);
/* When every open item of the visit that is on has its confirmed result, the visit is closed. */
int visit_close_if_done(struct app *app, struct db_conn *c, struct bundle *b, int64_t now,
                        struct err *e);

/* ---- tolerance.c ---- */
int tolerance_check(struct review_ctx *x, struct err *e);
uint64_t tolerance_facts(const struct review_ctx *x);
int tolerance_apply_confirm(struct db_conn *c, struct review_ctx *x, struct step *s,
                            struct err *e);

/* P5/P21: if the item's 5 days are over, it is accepted as of receipt before anything else. */
int clock_accept_silent(struct app *app, struct db_conn *c, struct bundle *b, size_t i,
                        int64_t now, struct err *e);

#endif
