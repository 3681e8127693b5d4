# Gives an event the form that the index can hold: ECS, nested, no two types for one field.
#
# Called by the ruby filter for each event. Nothing is dropped: what has no place where it stood is
# kept as text below bellwether.unplaced.

def register(_params)
  # Names of objects in ECS that senders use for a plain value, and the field that is meant.
  @meant = {
    "host" => "[host][name]",
    "service" => "[service][name]",
    "error" => "[error][message]",
    "url" => "[url][original]"
  }
  # Objects of ECS that a plain value has no place in: of the first level, and within those.
  @objects = %w[bellwether client ecs event http log process server source span trace]
  @objects_within = %w[http.request http.response log.file]
  # What winston and Express write into JSON lines of their own.
  @of_express = {
    "level" => "[log][level]",
    "method" => "[http][request][method]",
    "status" => "[http][response][status_code]",
    "statusCode" => "[http][response][status_code]",
    "responseTime" => "[@metadata][milliseconds]",
    "timestamp" => "[@metadata][time]"
  }
  @dotted = /\A[\w@-]+(?:\.[\w@-]+)+\z/
  @secret = /((?:\A|&)[^=&]*(?:key|token|secret|password)[^=&]*=)[^&]*/i
  @nanoseconds_of_a_millisecond = 1_000_000
end

def filter(event)
  mark_unread(event)
  place_plain_values(event, @meant.keys + @objects)
  nest(event)
  place_plain_values(event, @objects_within)
  translate_express(event) if event.get("[@metadata][from]") == "app_log"
  level = event.get("[log][level]")
  event.set("[log][level]", level.downcase) if level.is_a?(String)
  [event]
end

# Codecs have tags of their own for what they cannot read.
def mark_unread(event)
  tags = event.get("tags")
  event.tag("_not_json") if tags.is_a?(Array) && tags.any? { |tag| tag.start_with?("_jsonparse") }
end

# {"log.level": "info"} becomes {"log": {"level": "info"}}.
def nest(event)
  event.to_hash.each_key do |name|
    next unless @dotted.match?(name)

    value = event.remove(name)
    steps = name.split(".")
    above = (1...steps.size).map { |n| event.get(reference(steps.first(n))) }
    if above.all? { |one| one.nil? || one.is_a?(Hash) }
      before = event.get(reference(steps))
      unplaced(event, name, before) unless before.nil? || before == value
      event.set(reference(steps), value)
    else
      unplaced(event, name, value)
    end
  end
end

def place_plain_values(event, names)
  names.each do |name|
    place = reference(name.split("."))
    value = event.get(place)
    next if value.nil? || value.is_a?(Hash)

    event.remove(place)
    @meant.key?(name) ? event.set(@meant[name], value.to_s) : unplaced(event, name, value)
  end
end

def translate_express(event)
  @of_express.each do |name, field|
    value = event.get(reference([name]))
    next if value.nil? || value.is_a?(Hash)

    event.remove(name)
    event.set(field, value)
  end
  split_address(event)
  hide_secrets(event)
  describe_access(event)
end

def split_address(event)
  address = event.get("[url][original]")
  return unless address.is_a?(String)

  event.remove("[url][original]")
  path, query = address.split("?", 2)
  event.set("[url][path]", path)
  event.set("[url][query]", query) unless query.nil?
end

def hide_secrets(event)
  query = event.get("[url][query]")
  event.set("[url][query]", query.gsub(@secret, '\1REDACTED')) if query.is_a?(String)
end

# An answered request of the file looks like one of the services.
def describe_access(event)
  event.set("[service][name]", "app") if event.get("[service][name]").nil?
  status = number(event.get("[http][response][status_code]"))
  path = event.get("[url][path]")
  return if status.nil? || path.nil?

  status = status.to_i
  event.set("[http][response][status_code]", status)
  # The line's own text may hold what the query has just lost.
  event.set("message", [event.get("[http][request][method]"), path, status].compact.join(" "))
  event.set("[event][dataset]", "app.access")
  event.set("[log][level]", status >= 500 ? "error" : "info") if event.get("[log][level]").nil?
  milliseconds = number(event.get("[@metadata][milliseconds]"))
  event.set("[event][duration]", (milliseconds * @nanoseconds_of_a_millisecond).round) unless milliseconds.nil?
end

def number(value)
  Float(value.to_s.sub(/\s*ms\z/, ""), exception: false)
end

def unplaced(event, name, value)
  below = event.get("[bellwether]").is_a?(Hash) ? event.get("[bellwether][unplaced]") : nil
  kept = below.is_a?(Hash) ? below : {}
  event.remove("bellwether") unless event.get("[bellwether]").is_a?(Hash)
  event.set("[bellwether][unplaced]", kept.merge(name => value.to_s))
end

def reference(steps)
  steps.map { |step| "[#{step}]" }.join
end
