/* tell: what people are told of acts, in the act's own transaction. One function per occasion; the
 * words are in catalog/notices.json. */
#ifndef YZ_SERVICE_TELL_H
#define YZ_SERVICE_TELL_H

#include "service/acts.h"

struct tell { struct app *app; struct db_conn *c; const struct bundle *b; int64_t now; };

int tell_submitted(const struct tell *t, struct err *e);
int tell_correction(const struct tell *t, struct err *e);
/* Granted, denied, refused, ended, deemed accepted: by the item's state and how it came to it. */
int tell_item(const struct tell *t, const struct item_row *i, enum act act, struct err *e);
int tell_closed(const struct tell *t, struct err *e);
int tell_issued(const struct tell *t, struct err *e);
/* due: the decision's last day afterwards. */
int tell_special(const struct tell *t, const struct item_row *i, const struct special_row *s,
                 bool opened, struct err *e);
int tell_extended(const struct tell *t, const struct item_row *i, const struct extension_row *x,
                  struct err *e); /* i NULL: the joint clock */
int tell_hearing(const struct tell *t, const struct item_row *i, const struct hearing_row *h,
                 bool noticed, struct err *e);
int tell_visit_proposed(const struct tell *t, const struct visit_row *v, struct err *e);
int tell_visit_announced(const struct tell *t, const struct visit_row *v, struct err *e);
int tell_visit_result(const struct tell *t, const struct item_row *i, struct err *e);
int tell_commitment(const struct tell *t, const struct commitment_row *x, bool broken,
                    struct err *e);
int tell_assigned(const struct tell *t, const struct item_row *i, struct err *e);
/* To the department: soon (days left), or passed. To the applicant: a correction not answered. */
int tell_deadline(const struct tell *t, const struct item_row *i, bool passed, struct err *e);
/* P17, to the bureau of the region and the departments whose decisions wait: soon, or passed. */
int tell_undelivered(const struct tell *t, bool passed, struct err *e);
int tell_answer_due(const struct tell *t, int64_t days, struct err *e);

#endif
