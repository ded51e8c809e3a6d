/* prefill_own: what the platform itself knows of a holder: its licences, permits and earlier
 * applications. Nothing leaves the account that it belongs to. */
#ifndef YZ_SERVICE_PREFILL_OWN_H
#define YZ_SERVICE_PREFILL_OWN_H

#include "service/prefill.h"

enum { OWN_SOURCES_MAX = 12 };

/* For whom, and who asks. */
struct own_question {
    struct app *app;
    const struct actor *actor;
    const struct case_row *row; /* the case to be filled; its account owns what is offered */
    struct sv uscc;             /* "" not known yet */
    int32_t today;
    struct arena *arena;
};

struct own_answer {
    struct prefill_source sources[OWN_SOURCES_MAX]; /* values are owned: own_done */
    size_t n;
    struct permit_row *permits; size_t n_permits;   /* of the enterprise, valid today */
    bool several; /* no enterprise is named and the account has applied for more than one */
};

/* 0 or an error of the database. own_done afterwards, always. */
int own_read(const struct own_question *q, struct own_answer *out, struct err *e);
void own_done(struct own_answer *o);

#endif
