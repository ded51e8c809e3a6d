/* xml: see xml.h. */
#include "base/xml.h"

#include "base/buf.h"

#include <libxml/xmlreader.h>

static void quiet(void *ctx, const char *message, xmlParserSeverities severity,
                  xmlTextReaderLocatorPtr where)
{
    (void)ctx;
    (void)message;
    (void)severity;
    (void)where;
}

bool part_open(struct part *p, struct sv bytes, const char *name)
{
    *p = (struct part){ .name = name };
    p->xml = xmlReaderForMemory(bytes.n ? bytes.p : "", (int)bytes.n, NULL, NULL,
                                XML_PARSE_NONET | XML_PARSE_NOCDATA | XML_PARSE_COMPACT |
                                    XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
    p->bad = !p->xml;
    if (p->xml)
        xmlTextReaderSetErrorHandler(p->xml, quiet, NULL);
    return !p->bad;
}

void part_close(struct part *p)
{
    if (p->xml)
        xmlFreeTextReader(p->xml);
    p->xml = NULL;
}

bool part_next(struct part *p)
{
    if (p->bad)
        return false;
    int rc = xmlTextReaderRead(p->xml);
    int type = rc == 1 ? xmlTextReaderNodeType(p->xml) : 0;
    p->bad = rc < 0 || type == XML_READER_TYPE_DOCUMENT_TYPE ||
             type == XML_READER_TYPE_ENTITY_REFERENCE;
    return rc == 1 && !p->bad;
}

static bool named(const struct part *p, int type, const char *name)
{
    const xmlChar *local = xmlTextReaderConstLocalName(p->xml);
    return xmlTextReaderNodeType(p->xml) == type && local &&
           strcmp((const char *)local, name) == 0;
}

bool part_at(const struct part *p, const char *name)
{
    return !p->bad && named(p, XML_READER_TYPE_ELEMENT, name);
}

bool part_ends(const struct part *p, const char *name)
{
    return !p->bad && named(p, XML_READER_TYPE_END_ELEMENT, name);
}

struct sv part_attribute(const struct part *p, const char *name, struct arena *a)
{
    struct sv out = SV("");
    if (p->bad || xmlTextReaderMoveToFirstAttribute(p->xml) != 1)
        return out;
    do {
        const xmlChar *local = xmlTextReaderConstLocalName(p->xml);
        if (local && strcmp((const char *)local, name) == 0)
            out = arena_sv(a, sv_of((const char *)xmlTextReaderConstValue(p->xml)));
    } while (xmlTextReaderMoveToNextAttribute(p->xml) == 1);
    xmlTextReaderMoveToElement(p->xml);
    return out;
}

struct sv part_value(struct part *p, size_t cap, struct arena *a)
{
    struct buf b;
    if (p->bad || xmlTextReaderIsEmptyElement(p->xml))
        return SV("");
    int depth = xmlTextReaderDepth(p->xml);
    buf_init(&b, cap);
    while (part_next(p) && xmlTextReaderDepth(p->xml) > depth) {
        int type = xmlTextReaderNodeType(p->xml);
        if (xmlTextReaderDepth(p->xml) == depth + 1 &&
            (type == XML_READER_TYPE_TEXT || type == XML_READER_TYPE_CDATA ||
             type == XML_READER_TYPE_SIGNIFICANT_WHITESPACE))
            buf_str(&b, (const char *)xmlTextReaderConstValue(p->xml));
    }
    p->bad = p->bad || !buf_ok(&b);
    struct sv out = arena_sv(a, buf_sv(&b));
    buf_done(&b);
    return out;
}
