/* device: which device makes which format. */
#include "doc/device.h"

static struct device *nothing(const struct doc_facts *facts)
{
    (void)facts;
    return device_null_new();
}

struct device *device_new(enum doc_format format, const struct doc_facts *facts)
{
    static struct device *(*const makers[])(const struct doc_facts *) = {
        [DOC_PDF] = device_pdf_new, [DOC_TRACE] = device_trace_new, [DOC_SVG] = device_svg_new,
        [DOC_OFD] = device_ofd_new, [DOC_NULL] = nothing,
    };
    return makers[format](facts);
}
