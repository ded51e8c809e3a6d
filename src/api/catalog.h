/* catalog: JSON of the catalogue office. Private to src/api. New references. */
#ifndef YZ_API_CATALOG_H
#define YZ_API_CATALOG_H

#include "api/api.h"
#include "service/office.h"

json_t *json_version(const struct catalog_version_row *v);
json_t *json_draft(const struct catalog_draft_row *d);
/* The summary with problems, contradictions and what this actor may do. */
json_t *json_draft_detail(const struct view *v, const struct catalog_draft_row *d,
                          const struct office_review *r);
json_t *json_rehearsal(const struct rehearsal *r);
/* ?format=xlsx or json (the default): the document as a file. Takes doc over. */
int answer_document(struct request *rq, struct response *rs, struct sv name, json_t *doc,
                    struct err *e);

#endif
