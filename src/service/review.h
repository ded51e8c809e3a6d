/* review: what the files of the departments' acts share. */
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
    struct bundle now;   /* as it is inside the transaction: items and correction only */
    size_t at;           /* index of the item in now */
    struct entry_row *entries; size_t n_entries; /* checked correction entries */
    bool entries_new;
};

/* Check and label the entries of a correction request against what the permit asks for. */
int correction_read_entries(struct review_ctx *x, struct err *e);
/* Join the draft of this round, or open one, and add the entries (in the transaction). */
int correction_add(struct db_conn *c, struct review_ctx *x, struct err *e);

/* Check number and dates given for a grant, all problems at once. */
int grant_check(const struct review_ctx *x, struct err *e);
/* Draw or take the number, record the statutory permit, fill the item (in the transaction). */
int grant_permit(struct db_conn *c, struct review_ctx *x, json_t *body, struct err *e);

/* P5/P21: if the item's 5 days are over, it is accepted as of receipt before anything else. */
int clock_accept_silent(struct app *app, struct db_conn *c, struct bundle *b, size_t i,
                        int64_t now, struct err *e);

#endif
