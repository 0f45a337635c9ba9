package org.slipway.controller.inventory;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.MultivaluedMap;
import jakarta.ws.rs.ext.MessageBodyWriter;
import jakarta.ws.rs.ext.Provider;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.annotation.Annotation;
import java.lang.reflect.Type;
import org.slipway.controller.body.Bodies;

/** Writes an inventory as YAML, for callers who accept that. */
@Provider
@Produces({Bodies.YAML, Bodies.TEXT_YAML, Bodies.X_YAML})
public class YamlWriter implements MessageBodyWriter<InventoryView> {
    private final ObjectMapper yaml;

    /** Writes with the same rules as JSON. */
    public YamlWriter(ObjectMapper json) {
        this.yaml = json.copyWith(YAMLFactory.builder()
                        .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
                        .build())
                .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS);
    }

    @Override
    public boolean isWriteable(Class<?> type, Type genericType, Annotation[] annotations, MediaType mediaType) {
        return type == InventoryView.class;
    }

    @Override
    public void writeTo(
            InventoryView view,
            Class<?> type,
            Type genericType,
            Annotation[] annotations,
            MediaType mediaType,
            MultivaluedMap<String, Object> headers,
            OutputStream out)
            throws IOException {
        out.write(yaml.writeValueAsBytes(view));
    }
}
