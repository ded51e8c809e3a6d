/* item: the state machine of one permit's item 事项件, as a table (PROCESS.md P1-P14). Pure.
 *
 * Nothing else in the program decides whether an act is possible. A row says: in this state,
 * this act, by these actors, under these guards, leads to that state, by this rule.
 */
#ifndef YZ_DOMAIN_CASE_ITEM_H
#define YZ_DOMAIN_CASE_ITEM_H

#include "base/err.h"

enum item_state {
    ITEM_NONE, ITEM_RECEIVED, ITEM_CORRECTING, ITEM_ACCEPTED,
    ITEM_GRANTED, ITEM_DENIED, ITEM_REFUSED, ITEM_WITHDRAWN, ITEM_ENDED,
    ITEM_STATES
};

enum act {
    ACT_SUBMIT, ACT_ACCEPT, ACT_DEEM_ACCEPTED, ACT_REFUSE, ACT_ASK_CORRECTION, ACT_SUPPLEMENT,
    ACT_END_CORRECTION, ACT_GRANT, ACT_DENY, ACT_WITHDRAW,
    ACT_ITEM_ACTS, /* acts above have rows in the table; those below act on the case or licence */
    ACT_SEND_CORRECTION = ACT_ITEM_ACTS, ACT_ISSUE_LICENCE,
    ACTS
};

enum actor_kind { /* bits */
    BY_APPLICANT = 1, /* or the clerk on the applicant's behalf */
    BY_DEPARTMENT = 2,
    BY_CLOCK = 4,
    BY_BUREAU = 8
};

/* What the guards look at. */
struct item_facts {
    bool filing;             /* 备案: done on acceptance (P14) */
    bool received_by_actor;  /* the acting officer received this case at the window (P8) */
    bool same_department;    /* the actor belongs to the item's department (P28) */
    bool silence_passed;     /* the 5 days of art. 32 are over (P5) */
    bool correction_sent;    /* the consolidated notice has gone out */
    bool correction_overdue; /* its due date has passed (P7) */
    bool correction_new;     /* every entry could not have been named in the first notice (P4) */
    size_t n_entries;        /* entries of a correction request */
    bool has_reason, has_basis, has_right_organ;
};

enum item_kind { ANY_KIND, FILING_ONLY, NOT_FILING };

struct transition {
    enum item_state from;
    enum act act;
    unsigned actors;
    enum item_kind kind; /* which permits the row is about */
    /* NULL = always. false refuses with the row's rule and the guard's sentence. */
    bool (*guard)(const struct item_facts *f, const char **why);
    enum item_state to;
    const char *rule;    /* "P8" */
    const char *article; /* "行政许可法第三十八条" */
};

extern const struct transition ITEM_TABLE[];
extern const size_t ITEM_TABLE_SIZE;

/* Next state (> 0) or ERR_REFUSED / ERR_FORBIDDEN with rule, article and sentence in e. */
int item_step(enum item_state from, enum act act, enum actor_kind by, const struct item_facts *f,
              struct err *e);
/* Acts an actor may try in this state, as a bit set over enum act (guards on the actor only). */
unsigned item_allowed(enum item_state from, enum actor_kind by, const struct item_facts *f);

static inline bool item_open(enum item_state s)
{
    return s == ITEM_RECEIVED || s == ITEM_CORRECTING || s == ITEM_ACCEPTED;
}

const char *item_state_key(enum item_state s);  /* "received" */
const char *item_state_text(enum item_state s); /* 待受理 */
enum item_state item_state_of(struct sv key);   /* ITEM_NONE when unknown */
const char *act_key(enum act a);
const char *act_text(enum act a);
bool act_of(struct sv key, enum act *out);

#endif
