/* prefill: filling a form from what is known already, and materials that nobody has to hand in
 * because they were obtained by data sharing (R3.2).
 *
 * Where from: the enterprise register and the electronic licence library (over HTTP, or the
 * built-in sample source of demonstration data), the holder's comprehensive licences, and the
 * holder's earlier applications. The latter two are offered to the account that they belong to, and
 * to a clerk who files for that account with its authorisation, for the named enterprise only.
 *
 * What was filled in stands in marks: {field: {kind, source, reference?, on, digest}}. The digest
 * (SM3 of the value as canonical JSON) tells later whether somebody changed the value, in whichever
 * version of the form; the value itself is not kept twice. What the library gave stands in
 * certificates: {holder, items: {material: {state, …}}}; it counts only while the form names that holder. A
 * material that was asked for in vain is handed in as usual: no source can hold up a case.
 */
#ifndef YZ_SERVICE_PREFILL_H
#define YZ_SERVICE_PREFILL_H

#include "domain/catalog/prefill.h"
#include "service/bundle.h"
#include "store/prefill_store.h"

enum source_status { SOURCE_OK, SOURCE_NOT_FOUND, SOURCE_UNAVAILABLE, SOURCE_NOT_CONFIGURED,
                     SOURCE_SKIPPED /* nothing to ask for */, SOURCE_STATUSES };
/* "ok", "not_found", … as in JSON. */
const char *source_status_key(enum source_status s);

/* How one source did. asked: something was read, here or elsewhere (to be
 * logged). */
struct source_report {
    enum prefill_kind kind;
    enum source_status status;
    size_t filled;   /* fields, or materials of the library */
    struct sv text;  /* for the person, a whole sentence */
    bool asked;
    const char *why; /* when unavailable: code for the log */
    int64_t us;
};

/* What is asked for. uscc: "" = the one in the form; else it is put there when the form has none.
 * materials_only: the fields stay as they are. */
struct prefill_wish { struct sv uscc; bool materials_only; };
/* Fill the empty fields of an editable form, and in a draft obtain the exempt materials.
 * Idempotent: what is there stays. reports: one per kind, texts on a. */
int prefill_case(struct app *app, const struct command *cmd, int64_t case_id,
                 const struct prefill_wish *wish, struct arena *a,
                 struct source_report reports[PREFILL_KINDS], struct err *e);

/* What a new draft starts with beside the guide: own earlier applications, nothing that is asked
 * outside. values are changed; *out: the marks, or nothing. */
int prefill_first(struct app *app, const struct command *cmd, const struct case_row *row,
                  const struct guide_result *g, const json_t *answers, struct arena *a,
                  json_t *values, struct prefill_row *out, struct err *e);

/* ---- for whoever shows or checks a case (prefill_view.c) ---- */

/* {field: {kind, source, reference, on, changed}} of the marked fields, against these values. New reference. */
json_t *prefill_marks(const struct bundle *b, const json_t *values);
/* SM3 of a value as canonical JSON, hex, on a. */
struct sv prefill_digest(const json_t *value, struct arena *a);

/* What is known of one material: an object, or NULL. Borrowed. */
const json_t *certificate_of(const struct bundle *b, struct sv material);
bool certificate_obtained(const json_t *certificate);
/* The sentence about it, on a: "由电子证照库提供：营业执照，编号…" or why it must be handed in. */
struct sv certificate_text(const json_t *certificate, struct arena *a);
/* {material: true | false} for form.shared. New reference. */
json_t *certificates_shared(const struct bundle *b);
/* What a department sees of them, added to what its digest is made of (P6). */
void certificates_digest(const struct bundle *b, const struct permit_type *p, struct buf *out);

#endif
