/* draft: everything before submission: open a case, fill the form, hand in files (R3.1-R3.3).
 * Drafts are private to their owner and not yet acts: nothing here enters the ledger. */
#ifndef YZ_SERVICE_DRAFT_H
#define YZ_SERVICE_DRAFT_H

#include "service/bundle.h"

struct new_case {
    struct sv industry, region;
    json_t *answers;
    struct sv applicant_name, applicant_phone, authorisation; /* by a clerk only */
};
/* *id of the new draft. Answers must be complete, allowed and need at least one permit. */
int draft_create(struct app *app, const struct command *cmd, const struct new_case *in,
                 int64_t *id, struct err *e);
/* What answers must lead to before a case can be opened, all problems at once. */
int draft_check_answers(const struct guide_result *g, struct err *e);
/* Drafts cost disk: nobody needs more than a few at a time. */
int draft_check_room(struct db_conn *c, int64_t applicant_id, struct err *e);
int draft_answers(struct app *app, const struct command *cmd, int64_t case_id, struct sv region,
                  json_t *answers, struct err *e);
/* Keep values (of known fields) and commitments; what is wrong with them is not refused here. */
int draft_save(struct app *app, const struct command *cmd, int64_t case_id, json_t *values,
               json_t *commitments, struct err *e);
int draft_delete(struct app *app, const struct command *cmd, int64_t case_id, struct err *e);

/* Open a case for the person who fills it; ERR_NOT_FOUND or ERR_FORBIDDEN for others. */
int draft_open_own(struct app *app, const struct command *cmd, int64_t case_id, unsigned parts,
                   struct arena *a, struct bundle *b, struct err *e);
/* The row's copies of what lists and papers show, from the values. */
void draft_show_in_row(struct case_row *row, const json_t *values);

/* Everything that submitting (or supplementing) would refuse, at once, in e. bundle: with form
 * and files, resolved. 0 or ERR_INVALID. */
int draft_check(const struct app *app, struct bundle *b, int32_t today, struct err *e);

/* P33: sentences about permits that the holder may not apply for now (art. 78, 79), into list. */
int ban_warnings(struct app *app, const struct bundle *b, int32_t today, struct arena *a,
                 json_t *list, struct err *e);

struct new_file { struct sv material, name; struct sm3_hash hash; int64_t size;
                  const char *media_type; int64_t replaces; /* file of this material; 0 none */ };
/* Asked before a file is kept: may this person add this material now? */
int draft_attach_allowed(struct app *app, const struct command *cmd, int64_t case_id,
                         struct sv material, struct err *e);
/* The blob is on disk already. *duplicate: the same content was handed in for this material
 * before; then nothing is added and *id is the earlier one. */
int draft_attach(struct app *app, const struct command *cmd, int64_t case_id,
                 const struct new_file *f, int64_t *id, bool *duplicate, struct err *e);
int draft_detach(struct app *app, const struct command *cmd, int64_t case_id, int64_t file_id,
                 struct err *e);
/* Show a file turned by degrees (0, 90, 180, 270) from now on, to everybody. */
int draft_turn(struct app *app, const struct command *cmd, int64_t case_id, int64_t file_id,
               int64_t degrees, struct err *e);
/* The case of somebody who may fill it, else ERR_FORBIDDEN. */
int draft_open_own(struct app *app, const struct command *cmd, int64_t case_id, unsigned parts,
                   struct arena *a, struct bundle *b, struct err *e);

/* The owner's form as it is being filled (draft of a correction, else the values). */
json_t *bundle_filling(const struct bundle *b);

/* Type of a file by content, never by name: "application/pdf", "image/jpeg", "image/png",
 * "application/ofd"; NULL = not accepted. head = first bytes, tail = last bytes. */
const char *media_type_of(struct sv head, struct sv tail);
/* A name to show: no path, no control characters, 1-120 characters. */
int media_name_check(struct sv name, struct err *e);

#endif
