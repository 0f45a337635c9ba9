package org.slipway.controller.body;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import io.quarkus.runtime.Startup;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.ws.rs.core.MediaType;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;
import org.slipway.controller.problem.Problem;
import org.slipway.controller.problem.ProblemType;
import org.slipway.persistence.Setting;

/**
 * Reads bodies: within their limit and their time, so strictly that nothing in them is passed over, and large ones one after another.
 * Such a body and what is made of it take several times its size, which the memory of the service has room for once.
 */
@Startup(Setting.FIRST)
@ApplicationScoped
public class Bodies {
    private static final Logger LOG = Logger.getLogger(Bodies.class);

    /** The media types of YAML that people use. */
    public static final String YAML = "application/yaml";

    public static final String TEXT_YAML = "text/yaml";
    public static final String X_YAML = "application/x-yaml";

    /** More than enough for what a person says with an action: a name, a reason. */
    private static final int MOST_BYTES_OF_AN_ACTION = 64 << 10;

    private static final int DRAINED_TIMES = 16;

    /** How long a caller with a large body waits for the one before. */
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(5);

    /** A document of ten thousand paths or a thousand servers has far fewer; of some millions the tree alone would fill the memory. */
    private static final int MOST_TOKENS = 100_000;

    /** The parser of YAML takes no more, and is far slower than that of JSON. */
    private static final int MOST_BYTES_OF_YAML = 3 << 20;

    /** No text of a document is as long; the parser takes several times its length for one. */
    private static final int MOST_CHARS_OF_A_TEXT = 100_000;

    /** How the parser names a further place of the text that it does not show. */
    private static final Pattern WHERE_IN_THE_SOURCE =
            Pattern.compile("\\[Source: [^;\\]]*; line: (\\d+), column: (\\d+)]");

    private final ObjectMapper json = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxTokenCount(MOST_TOKENS)
                            .maxStringLength(MOST_CHARS_OF_A_TEXT)
                            .build())
                    .build())
            .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();
    private final YAMLMapper yaml = YAMLMapper.builder()
            .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();
    private final Semaphore large = new Semaphore(1, true);
    private final int maxBytes;
    private final Duration longest;

    Bodies(
            @ConfigProperty(name = "slipway.http.max-body-bytes") int maxBytes,
            @ConfigProperty(name = "slipway.http.longest-body") Duration longest) {
        this.maxBytes = Setting.atLeast(1, "slipway.http.max-body-bytes", maxBytes);
        this.longest = Setting.positive("slipway.http.longest-body", longest);
    }

    /**
     * Carries out a request that brings a document: an inventory, or a release with all its paths. A large one has the room until it is
     * answered, for as long what was made of it is in use.
     *
     * @param use what is done with the whole body; it lets go of it when it has parsed it
     * @throws Problem {@code BODY_TOO_LARGE}, {@code BODY_TOO_SLOW}, {@code TOO_MANY_BODIES}, or what the use throws
     */
    public <T> T withDocument(InputStream body, Function<byte[], T> use) {
        int little = Math.min(maxBytes, MOST_BYTES_OF_AN_ACTION);
        byte[] begin = readUpTo(little + 1, body);
        if (begin.length <= little) {
            return use.apply(begin);
        }
        waitForRoom(body);
        try {
            byte[] whole = readUpTo(maxBytes + 1, new SequenceInputStream(new ByteArrayInputStream(begin), body));
            if (whole.length <= maxBytes) {
                return use.apply(whole);
            }
        } finally {
            large.release();
        }
        drain(body);
        throw Problem.of(
                ProblemType.BODY_TOO_LARGE,
                "The body is larger than %,d bytes (slipway.http.max-body-bytes); send a smaller one."
                        .formatted(maxBytes));
    }

    /**
     * The whole body of any other request.
     *
     * @throws Problem {@code BODY_TOO_LARGE} or {@code BODY_TOO_SLOW}
     */
    public byte[] readAction(InputStream body) {
        int most = Math.min(maxBytes, MOST_BYTES_OF_AN_ACTION);
        byte[] bytes = readUpTo(most + 1, body);
        if (bytes.length > most) {
            drain(body);
            throw Problem.of(
                    ProblemType.BODY_TOO_LARGE,
                    "The body is larger than the %,d bytes that this path takes.".formatted(most));
        }
        return bytes;
    }

    private void waitForRoom(InputStream body) {
        try {
            if (!large.tryAcquire(LONGEST_WAIT.toMillis(), TimeUnit.MILLISECONDS)) {
                drain(body);
                throw Problem.of(
                        ProblemType.TOO_MANY_BODIES,
                        "Bodies of more than %,d bytes are taken one after another, and others are before this one. Nothing was done; send it again."
                                .formatted(MOST_BYTES_OF_AN_ACTION));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while a body waited", e);
        }
    }

    private byte[] readUpTo(int bytes, InputStream body) {
        try {
            return new TimedStream(body, longest).readNBytes(bytes);
        } catch (TimedStream.TooSlowException e) {
            throw Problem.of(
                    ProblemType.BODY_TOO_SLOW,
                    "The body did not arrive in full within %d seconds (slipway.http.longest-body); send it again, over a faster connection."
                            .formatted(longest.toSeconds()));
        } catch (IOException e) {
            LOG.debugf(e, "a caller went away");
            throw Problem.of(ProblemType.REQUEST_REFUSED, "The body did not arrive in full; send it again.");
        }
    }

    /** A caller that is still sending would see a broken connection instead of the answer. */
    private void drain(InputStream body) {
        try {
            new TimedStream(body, longest).skip((long) maxBytes * DRAINED_TIMES);
        } catch (IOException e) {
            LOG.debugf(e, "a caller did not send what is not read");
        }
    }

    /**
     * The document in a body; a missing node for an empty one.
     *
     * @param contentType as the caller named it; JSON where it names none
     * @throws Problem {@code MALFORMED_BODY} with line and column, {@code BODY_TOO_LARGE}
     */
    public JsonNode parse(byte[] body, @Nullable String contentType) {
        boolean isYaml =
                contentType != null && contentType.toLowerCase(Locale.ROOT).contains("yaml");
        if (isYaml && body.length > MOST_BYTES_OF_YAML) {
            throw Problem.of(
                    ProblemType.BODY_TOO_LARGE,
                    "As YAML a document may have at most %,d bytes; send this one as JSON."
                            .formatted(MOST_BYTES_OF_YAML));
        }
        try {
            if (isYaml) {
                refuseAliasesAndTooMuch(body);
            }
            JsonNode document = (isYaml ? yaml : json).readTree(body);
            return document == null ? MissingNode.getInstance() : document;
        } catch (JsonProcessingException e) {
            throw malformed(isYaml ? "YAML" : "JSON", e.getOriginalMessage(), e.getLocation());
        } catch (IOException e) {
            throw malformed(isYaml ? "YAML" : "JSON", String.valueOf(e.getMessage()), null);
        }
    }

    /**
     * The JSON document in a body that may be left out; a missing node where it is. Some clients name a media type for nothing.
     *
     * @throws Problem {@code UNSUPPORTED_MEDIA_TYPE} or {@code MALFORMED_BODY}
     */
    public JsonNode parseOptional(byte[] body, @Nullable MediaType contentType) {
        if (body.length == 0) {
            return MissingNode.getInstance();
        }
        if (contentType != null && !contentType.isCompatible(MediaType.APPLICATION_JSON_TYPE)) {
            throw Problem.of(
                    ProblemType.UNSUPPORTED_MEDIA_TYPE,
                    "The body may be left out; where there is one, send application/json.");
        }
        return parse(body, null);
    }

    /** Jackson would read an alias as a text, which is not what its writer meant. */
    private void refuseAliasesAndTooMuch(byte[] body) throws IOException {
        try (YAMLParser parser = yaml.getFactory().createParser(body)) {
            for (int tokens = 1; parser.nextToken() != null; tokens++) {
                if (tokens > MOST_TOKENS) {
                    throw malformed(
                            "YAML", "it has more than %,d parts".formatted(MOST_TOKENS), parser.currentTokenLocation());
                }
                if (parser.isCurrentAlias()) {
                    throw malformed(
                            "YAML",
                            "aliases (*name) are not supported; write the value out",
                            parser.currentTokenLocation());
                }
            }
        }
    }

    private static Problem malformed(String format, String why, @Nullable JsonLocation at) {
        String firstLine = WHERE_IN_THE_SOURCE
                .matcher(why.lines().findFirst().orElse(""))
                .replaceAll("line $1, column $2")
                .replaceAll("\\p{Cntrl}", " ");
        String where = at == null || at.getLineNr() < 1
                ? ""
                : " at line %d, column %d".formatted(at.getLineNr(), at.getColumnNr());
        Problem problem = Problem.of(
                ProblemType.MALFORMED_BODY, "The body is not valid %s%s: %s".formatted(format, where, firstLine));
        return where.isEmpty() || at == null
                ? problem
                : problem.with("line", at.getLineNr()).with("column", at.getColumnNr());
    }
}
