package io.github.clip4j.cli.evaluate;

import io.github.clip4j.cli.evaluate.Evaluation.Prompted;
import com.fasterxml.jackson.core.JsonGenerator;
import io.github.clip4j.cli.shared.Json;
import io.github.clip4j.evaluate.ClassFigures;
import io.github.clip4j.evaluate.Recall;
import io.github.clip4j.evaluate.ZeroShot;
import java.io.IOException;
import java.util.List;

/** Evaluations for programs; figures are fractions from 0 to 1, or null where there is nothing to divide by. */
final class EvaluationJson {
    private EvaluationJson() {}

    /** An object for a model: its figures on the first data set and, under {@code "second"}, on the second. */
    static String object(List<Evaluation> sets) {
        return Json.object(object -> {
            object.writeStringField("model", sets.getFirst().model());
            write(object, sets.getFirst());
            if (sets.size() > 1) {
                object.writeObjectFieldStart("second");
                write(object, sets.getLast());
                object.writeEndObject();
            }
        });
    }

    private static void write(JsonGenerator json, Evaluation evaluation) throws IOException {
        json.writeStringField("data", evaluation.data().toString());
        json.writeNumberField("images", evaluation.images().size());
        json.writeNumberField("captions", evaluation.captions());
        write(json, evaluation.prompts().getFirst());
        write(json, "image_to_text", evaluation.retrieval().imageToText());
        write(json, "text_to_image", evaluation.retrieval().textToImage());
        json.writeNumberField("mean_recall", evaluation.retrieval().meanRecall());
        json.writeObjectFieldStart("per_class");
        for (ClassFigures figures : evaluation.zeroShot().perClass()) {
            json.writeObjectFieldStart(figures.name());
            json.writeNumberField("images", figures.images());
            write(json, "accuracy", figures.accuracy());
            write(json, "precision", figures.precision());
            write(json, "f1", figures.f1());
            json.writeEndObject();
        }
        json.writeEndObject();
        json.writeArrayFieldStart("templates");
        for (Prompted prompted : evaluation.prompts()) {
            json.writeStartObject();
            write(json, prompted);
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private static void write(JsonGenerator json, Prompted prompted) throws IOException {
        ZeroShot zeroShot = prompted.zeroShot();
        json.writeStringField("template", prompted.template());
        for (int k : EvaluationTables.TOP) {
            json.writeNumberField("score@" + k, zeroShot.scoreAt(k));
        }
        json.writeNumberField("macro_f1", zeroShot.macroF1());
        json.writeNumberField("calibration_error", zeroShot.reliability().error());
    }

    private static void write(JsonGenerator json, String direction, Recall recall) throws IOException {
        json.writeObjectFieldStart(direction);
        json.writeNumberField("R@1", recall.at1());
        json.writeNumberField("R@5", recall.at5());
        json.writeNumberField("R@10", recall.at10());
        json.writeNumberField("median_rank", recall.medianRank());
        json.writeEndObject();
    }

    private static void write(JsonGenerator json, String name, double value) throws IOException {
        json.writeFieldName(name);
        if (Double.isNaN(value)) {
            json.writeNull();
        } else {
            json.writeNumber(value);
        }
    }
}
