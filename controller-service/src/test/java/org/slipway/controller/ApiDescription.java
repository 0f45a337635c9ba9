package org.slipway.controller;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.restassured.filter.Filter;
import io.restassured.filter.FilterContext;
import io.restassured.response.Response;
import io.restassured.specification.FilterableRequestSpecification;
import io.restassured.specification.FilterableResponseSpecification;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** Holds every answer that a test sees to what {@code docs/openapi.yaml} says of it. */
public final class ApiDescription implements Filter {
    private static final ObjectMapper JSON = new ObjectMapper();
    private final JsonNode document = read();

    /** The document. */
    public JsonNode document() {
        return document;
    }

    @Override
    public Response filter(
            FilterableRequestSpecification request,
            FilterableResponseSpecification specification,
            FilterContext context) {
        Response response = context.next(request, specification);
        String path = java.net.URI.create(request.getURI()).getRawPath();
        operation(path, request.getMethod()).ifPresent(operation -> hold(path, operation, response));
        return response;
    }

    /** What is wrong with a value by a schema of the document; empty where nothing is. */
    public List<String> errors(JsonNode value, JsonNode schema) {
        List<String> errors = new ArrayList<>();
        check("", value, schema, errors);
        return errors;
    }

    private Optional<JsonNode> operation(String path, String method) {
        for (Map.Entry<String, JsonNode> entry : document.get("paths").properties()) {
            if (path.matches(entry.getKey().replaceAll("\\{\\w+}", "[^/]+"))) {
                return Optional.ofNullable(entry.getValue().get(method.toLowerCase(Locale.ROOT)));
            }
        }
        return Optional.empty();
    }

    private void hold(String path, JsonNode operation, Response response) {
        JsonNode answer = operation.get("responses").get(String.valueOf(response.statusCode()));
        if (answer == null) {
            throw new AssertionError("docs/openapi.yaml has no answer %d for %s: %s"
                    .formatted(response.statusCode(), path, response.asString()));
        }
        String type = response.contentType().split(";")[0];
        if (!type.endsWith("json")) {
            return;
        }
        JsonNode content = resolved(answer).get("content").get(type);
        if (content == null) {
            throw new AssertionError(
                    "docs/openapi.yaml has no %s for answer %d of %s".formatted(type, response.statusCode(), path));
        }
        List<String> errors = errors(parse(response.asString()), content.get("schema"));
        if (!errors.isEmpty()) {
            throw new AssertionError("the answer %d of %s is not as docs/openapi.yaml says: %s"
                    .formatted(response.statusCode(), path, errors));
        }
    }

    private void check(String at, JsonNode value, JsonNode reference, List<String> errors) {
        JsonNode schema = resolved(reference);
        if (schema.has("enum") && !contains(schema.get("enum"), value)) {
            errors.add(at + " is " + value + ", not one of " + schema.get("enum"));
        }
        switch (schema.path("type").asText()) {
            case "object" -> checkObject(at, value, schema, errors);
            case "array" -> {
                if (!value.isArray()) {
                    errors.add(at + " is no array");
                }
                for (int i = 0; i < value.size(); i++) {
                    check(at + "[" + i + "]", value.get(i), schema.get("items"), errors);
                }
            }
            case "string" -> expect(at, value.isTextual(), "string", errors);
            case "integer" -> expect(at, value.isIntegralNumber(), "integer", errors);
            case "boolean" -> expect(at, value.isBoolean(), "boolean", errors);
            case "" -> {}
            default -> errors.add(at + " has a type that this test does not know");
        }
    }

    private void checkObject(String at, JsonNode value, JsonNode schema, List<String> errors) {
        if (!value.isObject()) {
            errors.add(at + " is no object");
            return;
        }
        for (JsonNode required : schema.path("required")) {
            if (!value.has(required.textValue())) {
                errors.add(at + "." + required.textValue() + " is missing");
            }
        }
        for (Map.Entry<String, JsonNode> member : value.properties()) {
            JsonNode property = schema.path("properties").get(member.getKey());
            if (property == null) {
                errors.add(at + "." + member.getKey() + " is not described");
            } else {
                check(at + "." + member.getKey(), member.getValue(), property, errors);
            }
        }
    }

    /** What a reference stands for, or the node itself. */
    public JsonNode resolved(JsonNode node) {
        return node.has("$ref") ? document.at(node.get("$ref").textValue().substring(1)) : node;
    }

    private static void expect(String at, boolean holds, String type, List<String> errors) {
        if (!holds) {
            errors.add(at + " is no " + type);
        }
    }

    private static boolean contains(JsonNode array, JsonNode value) {
        for (JsonNode element : array) {
            if (element.equals(value)) {
                return true;
            }
        }
        return false;
    }

    private static JsonNode parse(String json) {
        try {
            return JSON.readTree(json);
        } catch (JsonProcessingException e) {
            throw new AssertionError("an answer is no JSON: " + json, e);
        }
    }

    /** A document that is written as YAML. */
    static JsonNode yaml(String document) {
        try {
            return new YAMLMapper().readTree(document);
        } catch (JsonProcessingException e) {
            throw new AssertionError("an example is no YAML: " + document, e);
        }
    }

    private static JsonNode read() {
        try (InputStream in =
                Objects.requireNonNull(ApiDescription.class.getResourceAsStream("/META-INF/openapi.yaml"))) {
            return new YAMLMapper().readTree(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
