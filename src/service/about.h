/* about: cases about a licence that exists (R7.5): amending, renewing, replacing, cancelling its permits,
 * or adding permits to it.
 *
 * The draft starts with what the licence rests on: the values and files of the cases that led to it, so
 * nothing is typed or handed in twice. It is submitted, corrected, reviewed and decided like any other
 * case; each department's grant then changes its permit (grant_finish), and only departments whose permits
 * are concerned get an item.
 */
#ifndef YZ_SERVICE_ABOUT_H
#define YZ_SERVICE_ABOUT_H

#include "service/bundle.h"

struct about_licence {
    struct sv number;
    enum case_kind kind;      /* KIND_NEW: add permits */
    const json_t *permits;    /* list of ids as text; NULL: all that the kind can be about */
    json_t *answers;          /* KIND_NEW: of the guide; else NULL */
    struct sv authorisation;  /* by a clerk only */
};
/* *id of the new draft. For the holder's account, or a clerk of the hall that keeps the licence's case. */
int draft_about(struct app *app, const struct command *cmd, const struct about_licence *in,
                int64_t *id, struct err *e);

/* Permit types of a draft about a licence: those of its permits (amend, renew, …), or (adding) those of
 * the guide that it does not have yet. b with its guide run; types on a. */
int about_types(struct bundle *b, struct arena *a, struct err *e);
/* The permit that an item of this type is about; 0 none. */
int64_t about_permit(const struct bundle *b, struct sv permit_type);

/* Before submitting: an amendment keeps only the types with a changed field, and says when nothing has
 * changed, or what cannot change (code, district). Others: nothing. */
int about_narrow(struct bundle *b, struct arena *a, struct err *e);
/* In the submitting transaction: the permits are still valid and nobody is about to change them. */
int about_still(struct db_conn *c, const struct bundle *b, int32_t today, struct arena *a,
                struct err *e);
/* Codes of fields whose value differs from what the licence rests on: new list. */
json_t *about_changes(const struct bundle *b);

#endif
