/* ofd_meta: what an OFD says of itself, and where it shows it: DocInfo with GB/T 36903 items, the
 * same as an XML attachment, and the index from each item to the objects of the pages (CustomTags),
 * as GB/T 36905 has it. */
#ifndef YZ_DOC_OFD_META_H
#define YZ_DOC_OFD_META_H

#include "doc/ofd.h"

#define ELICENCE_NS "urn:yizheng:e-licence:1"

/* Texts of the pages in the order they were drawn, and whose they are. */
struct ofd_text { unsigned page, object; size_t from, to; /* in ofd_index.text */ };
struct ofd_index { struct buf text; struct ofd_text *all; size_t n, cap; };

void ofd_index_init(struct ofd_index *x);
void ofd_index_done(struct ofd_index *x);
/* What was added to x->text since from is the text of this object. */
void ofd_index_end(struct ofd_index *x, unsigned page, unsigned object, size_t from);

/* Attachment and index; id: one for the attachment. */
void ofd_meta_parts(struct ofd_pack *pack, const struct doc_facts *facts, const struct ofd_index *x,
                    unsigned id);
/* OFD.xml; its DocID is a digest of all other parts that are there. */
void ofd_meta_root(struct ofd_pack *pack, const struct doc_facts *facts, bool sealed);

#endif
