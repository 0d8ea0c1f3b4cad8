-- What is printed for people: headlines without what stands beside them, times as they were printed there.

-- Lines of a headline are joined by spaces: where the page's title is one of them, the others are leads and subheads.
CREATE MACRO plain_headline(headline, title) AS
    CASE WHEN length(title) >= 4 AND headline <> title
            AND contains(' ' || headline::VARCHAR || ' ', ' ' || title::VARCHAR || ' ')
        THEN title ELSE coalesce(headline, title) END;

CREATE MACRO printed_time(published_on, published_at, published_offset, published_precision) AS
    CASE
        WHEN published_precision = 'year' THEN strftime(published_on, '%Y')
        WHEN published_precision = 'month' THEN strftime(published_on, '%Y-%m')
        WHEN published_at IS NULL THEN strftime(published_on, '%Y-%m-%d')
        ELSE strftime(make_timestamp(epoch_us(published_at) + coalesce(published_offset, 0) * 60000000::BIGINT), '%Y-%m-%d %H:%M')
            || coalesce(' ' || CASE WHEN published_offset < 0 THEN '-' ELSE '+' END
                || lpad((abs(published_offset) // 60)::VARCHAR, 2, '0') || ':'
                || lpad((abs(published_offset) % 60)::VARCHAR, 2, '0'), '')
    END;
