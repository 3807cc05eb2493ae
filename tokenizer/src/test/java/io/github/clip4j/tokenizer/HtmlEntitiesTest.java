package io.github.clip4j.tokenizer;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HtmlEntitiesTest {
    /** What {@code html.unescape} of Python 3.11 gives. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            &amp;               | &
            &amp                | &
            &ampx;              | &x;
            &notit;             | ¬it;
            &notin;             | ∉
            &NotEqualTilde;     | ≂̸
            &nosuchname;        | &nosuchname;
            &;                  | &;
            &#65;&#x42&#X43;    | ABC
            &#x80;&#x99;        | €™
            &#0;&#xD800;        | ��
            &#99999999999999;   | �
            a&#11;b&#xFFFE;c    | abc
            &#;&#x;             | &#;&#x;
            &CounterClockwiseContourIntegral; | ∳
            """)
    void unescapesAsPython(String text, String expected) {
        assertEquals(expected, HtmlEntities.unescape(text));
    }

    /** What {@code ftfy.fixes.unescape_html} of ftfy 6.3.1 gives. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            &amp;     | &
            &amp      | &amp
            P&EACUTE;REZ BUNDESSTRA&SZLIG;E | PÉREZ BUNDESSTRASSE
            &nTILDE;  | &nTILDE;
            &GTDOT;   | &GTDOT;
            &#59;     | &#59;
            &#12a;    | &#12a;
            &#x2019;  | ’
            """)
    void unescapesClosedReferencesAsFtfy(String text, String expected) {
        assertEquals(expected, HtmlEntities.unescapeClosed(text));
    }
}
