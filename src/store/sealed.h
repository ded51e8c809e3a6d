/* sealed: columns that hold personal data, encrypted on their way in and opened on their way out.
 *
 * Values are sealed with the vault of the connection's database (db_set_vault), bound to column and row. What was
 * written before there was a vault is plain text and is read as such until the sweep
 * (personal_store.h) has come by. Without a vault (tools, tests of the store alone) nothing is sealed.
 */
#ifndef YZ_STORE_SEALED_H
#define YZ_STORE_SEALED_H

#include "store/store.h"

/* Places, as they stand under the tag: never change one that exists. */
#define SEALED_USER_PHONE "user_account.phone"
#define SEALED_CASE_PHONE "licensing_case.applicant_phone"
#define SEALED_CASE_AUTHORISATION "licensing_case.authorisation"
#define SEALED_FORM_BODY "case_form.body"
#define SEALED_FORM_DRAFT "case_form.draft"
#define SEALED_FORM_BEFORE "case_form.before"
#define SEALED_ASKER_PHONE "consultation.asker_phone"
#define SEALED_DISPATCH_ADDRESS "dispatch.address"
#define SEALED_HEARING_PARTIES "hearing.parties"
#define SEALED_PREFILL_MARKS "case_prefill.marks"
#define SEALED_PREFILL_CERTIFICATES "case_prefill.certificates"
/* Domain of vault_index for telephone numbers. */
#define INDEX_PHONE "phone"

/* For binding; the text lives on a. "" stays "". */
struct sv seal_sv(const struct db_conn *c, struct arena *a, const char *where, int64_t row,
                  struct sv plain);
/* A column, opened; when it does not open, db_done of r gives ERR_CORRUPT. */
struct sv col_sealed(struct db_rows *r, int col, struct arena *a, const char *where, int64_t row);
/* What stands for a telephone number in an index column. Without a vault the number itself. */
struct sv phone_index(const struct db_conn *c, struct arena *a, struct sv phone);

#endif
