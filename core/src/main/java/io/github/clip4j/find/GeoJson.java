package io.github.clip4j.find;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.awt.geom.AffineTransform;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Optional;

/** Matches as GeoJSON (RFC 7946): a polygon each, with its rank and score. */
public final class GeoJson {
    private GeoJson() {}

    /**
     * A feature collection.
     *
     * @param map from pixels to map coordinates; pixels stay pixels, y downwards, where there is none. Contrary to the
     *        RFC, map coordinates are in the image's own reference system and not turned into longitude and latitude
     */
    public static String of(List<Match> matches, Optional<AffineTransform> map) {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = new JsonFactory().createGenerator(text)) {
            json.writeStartObject();
            json.writeStringField("type", "FeatureCollection");
            json.writeStringField("coordinates", map.isPresent() ? "map" : "pixels");
            json.writeArrayFieldStart("features");
            for (int i = 0; i < matches.size(); i++) {
                feature(json, i + 1, matches.get(i), map.orElse(new AffineTransform()));
            }
            json.writeEndArray();
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text.append('\n').toString();
    }

    private static void feature(JsonGenerator json, int rank, Match match, AffineTransform map) throws IOException {
        json.writeStartObject();
        json.writeStringField("type", "Feature");
        json.writeObjectFieldStart("properties");
        json.writeNumberField("rank", rank);
        json.writeNumberField("score", match.score());
        json.writeEndObject();
        json.writeObjectFieldStart("geometry");
        json.writeStringField("type", "Polygon");
        json.writeArrayFieldStart("coordinates");
        json.writeStartArray();
        double[] corners = corners(match.tile(), map.getDeterminant() > 0);
        map.transform(corners, 0, corners, 0, corners.length / 2);
        for (int i = 0; i < corners.length; i += 2) {
            json.writeStartArray();
            json.writeNumber(corners[i]);
            json.writeNumber(corners[i + 1]);
            json.writeEndArray();
        }
        json.writeEndArray();
        json.writeEndArray();
        json.writeEndObject();
        json.writeEndObject();
    }

    /** The closed ring, which the RFC wants to run counterclockwise where the second coordinate points up. */
    private static double[] corners(Tile tile, boolean rightFirst) {
        double left = tile.x();
        double top = tile.y();
        double right = left + tile.size();
        double bottom = top + tile.size();
        return rightFirst
                ? new double[]{left, top, right, top, right, bottom, left, bottom, left, top}
                : new double[]{left, top, left, bottom, right, bottom, right, top, left, top};
    }
}
